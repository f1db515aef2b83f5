package main

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestLookAtUsage(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, page := range usagePages(s) {
		tab := testkit.Browser(t)
		s.enter(tab, page.account)
		s.look(t, tab, page)
		for _, width := range []int{390, 1280} {
			tab.Size(width, 844)
			var height int
			tab.Eval("document.documentElement.scrollHeight", &height)
			tab.Size(width, min(height, 5000))
			tab.Screenshot(filepath.Join("/tmp/look", page.name+"-"+strconv.Itoa(width)+".png"))
		}
	}
}
