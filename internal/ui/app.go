package ui

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"
)

// AppIcon is the address of a picture for a home screen; it is another one for
// another colour, so that a browser asks for it anew.
func AppIcon(name, colour string) string { return "/" + name + "?c=" + url.QueryEscape(colour) }

// whoLooks says whether somebody has signed in, on pages that know it.
func whoLooks(frame *Frame) templ.Attributes {
	if frame.ForAll {
		return nil
	}
	return templ.Attributes{"data-signed-in": strconv.FormatBool(frame.SignedIn())}
}
