package ui

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui/assets"
)

// Icon is a lucide icon; it says nothing to a screen reader, so words stand beside it.
func Icon(name string) templ.Component {
	return icons.of(name, func() string {
		return `<svg class="icon" aria-hidden="true"><use href="` + assets.Icon(name) + `"></use></svg>`
	})
}

// Avatar is a member's face; the handle beside it says whose.
func Avatar(number int) templ.Component {
	return avatars.of(number, func() string {
		return `<span class="avatar"><img src="` + assets.Avatar(number) + `" alt="" width="44" height="44"></span>`
	})
}

// A timeline has two hundred icons and avatars, always the same few: each is
// written out once.
var (
	icons   pieces[string]
	avatars pieces[int]
)

type pieces[K comparable] struct{ known sync.Map }

func (p *pieces[K]) of(key K, write func() string) templ.Component {
	if known, ok := p.known.Load(key); ok {
		return known.(piece)
	}
	made := piece(write())
	p.known.Store(key, made)
	return made
}

// piece is HTML of our own making.
type piece string

// Render implements templ.Component.
func (p piece) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}
