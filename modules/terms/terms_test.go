package terms

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

func TestEveryListCanBeLookedForAndHasItsSources(t *testing.T) {
	for _, area := range areas.All {
		for _, name := range []string{common, area.Key} {
			list, err := read(name)
			if err != nil {
				t.Fatal(err)
			}
			if rules := list.rules(); len(rules) < 20 || len(rules) > 80 || len(list.Sources) == 0 {
				t.Errorf("%s: %d terms of %d sources", name, len(rules), len(list.Sources))
			}
			for _, group := range list.Groups {
				if group.Source == "" || group.Case != "" && !slices.Contains(safety.Levels, group.Case) {
					t.Errorf("%s: %q: source %q, case %q", name, group.Name, group.Source, group.Case)
				}
			}
		}
		list, err := listOf(tenants.Area(area.Key))
		if err != nil {
			t.Fatal(err)
		}
		for i, reason := range refusals(list.rules) {
			t.Errorf("%s: %q: %s", tenants.Area(area.Key), list.rules[i].Text, reason)
		}
		for _, rule := range list.rules {
			if tidy, err := rule.fit(); err != nil || tidy != rule {
				t.Errorf("%s: %+v is kept as %+v", tenants.Area(area.Key), rule, tidy)
			}
		}
	}
}

func phrase(text string, does Acts) Rule { return Rule{Text: text, Sort: watch.Phrase, Acts: does} }

func TestANewerListLeavesWhatTheServiceMadeItsOwn(t *testing.T) {
	var s tenants.Scope
	row := func(rule Rule, listed, active bool) Term {
		row := fresh(s, rule)
		row.Listed, row.Active = listed, active
		return row
	}
	same, was, gone := phrase("the same thing", Acts{}), phrase("the changed thing", Acts{}), phrase("the gone thing", Acts{})
	mine, retired := phrase("our own thing", Acts{Hold: true}), phrase("not for us", Acts{})
	rows := []Term{row(same, true, true), row(was, true, true), row(gone, true, true), row(mine, false, true), row(retired, false, false)}
	now, theirs, added := phrase("The Changed  thing", Acts{Hold: true}), phrase("our own thing", Acts{}), phrase("a new thing", Acts{})
	steps, kept := differ(s, rows, []Rule{same, now, theirs, retired, added})
	got := map[string]string{}
	for _, step := range steps {
		got[step.after.Text] = step.what()
	}
	want := map[string]string{"The Changed  thing": "changed", "a new thing": "added", "the gone thing": "retired"}
	if len(got) != len(want) || len(kept) != 2 || kept[0] != mine || kept[1] != retired {
		t.Errorf("%v, kept %v", got, kept)
	}
	for text, what := range want {
		if got[text] != what {
			t.Errorf("%s is %q, not %s", text, got[text], what)
		}
	}
}

func TestATermThatCannotBeLookedForLeavesTheOthers(t *testing.T) {
	term := func(rule Rule) Term { return Term{ID: uuid.New(), Rule: rule} }
	book, err := bind(1, []Term{term(Rule{Text: "(", Sort: watch.Pattern}), term(phrase("keep me", Acts{}))})
	if err != nil {
		t.Fatal(err)
	}
	if found := book.find("please keep me here"); len(found) != 1 || found[0].Text != "keep me" {
		t.Errorf("found %v", found)
	}
}

func TestPartsOfATextThatOverlapAreMarkedOnce(t *testing.T) {
	at := func(start, end int) watch.Match { return watch.Match{Start: start, End: end} }
	got := parts("abcdefgh", []watch.Match{at(1, 3), at(2, 5), at(6, 7)})
	want := []Part{{"a", false}, {"bcde", true}, {"f", false}, {"g", true}, {"h", false}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
