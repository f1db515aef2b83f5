package main

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestTmpMoneyLook(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	by := map[string][]aPage{}
	for _, page := range moneyPages(s) {
		by[page.account] = append(by[page.account], page)
	}
	for account, pages := range by {
		tab := testkit.Browser(t)
		s.enter(tab, account)
		for _, page := range pages {
			s.look(t, tab, page)
		}
	}
}
