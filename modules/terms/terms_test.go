package terms

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

func TestEveryListCanBeLookedForAndHasItsSources(t *testing.T) {
	for _, wrong := range CheckLists(Shipped, areas.Read(areas.Shipped)) {
		t.Error(wrong)
	}
	for _, area := range areas.All {
		for _, name := range []string{common, area.Key} {
			if list, _ := read(Shipped, name); len(list.rules()) < 20 || len(list.rules()) > 80 {
				t.Errorf("%s: %d terms", name, len(list.rules()))
			}
		}
		list, err := listOf(tenants.Area(area.Key))
		if err != nil {
			t.Fatal(err)
		}
		for i, reason := range refusals(list.rules) {
			t.Errorf("%s: %q: %s", area.Key, list.rules[i].Text, reason)
		}
		for _, rule := range list.rules {
			if tidy, err := rule.fit(); err != nil || tidy != rule {
				t.Errorf("%s: %+v is kept as %+v", area.Key, rule, tidy)
			}
		}
	}
}

// A list that somebody edited is told by file, line and field.
func TestAListEditedIntoNonsenseIsToldByLine(t *testing.T) {
	book := areas.Read(areas.Shipped)
	for name, c := range map[string]struct{ from, to, want string }{
		"a bad pattern":     {"pro ?(?:ana", "pro ?(?:(ana", "lists/eating_disorders.yaml, line 18, groups/2/patterns/1: "},
		"no such case":      {"case: red", "case: mauve", "lists/eating_disorders.yaml, line 11, groups/1/case: A case is"},
		"no such note":      {"cover: food", "cover: foot", "lists/eating_disorders.yaml, line 21, groups/3/cover: No content note"},
		"an unknown field":  {"hold: true", "hodl: true", "lists/eating_disorders.yaml, line 15: There is no field of the name hodl."},
		"no source":         {"source: CR233", "source: \"\"", "lists/eating_disorders.yaml, line 9, groups/1/source: Write something"},
		"twice one phrase":  {"[goal weight, ", "[goal weight, goal  weight, ", "lists/eating_disorders.yaml, line 33, groups/5/phrases/2: This is in groups/5/phrases/1 already."},
		"a version of zero": {"version: 1", "version: 0", "lists/eating_disorders.yaml, line 1, version: A list has a version"},
	} {
		folder := fstest.MapFS{}
		if err := fs.WalkDir(Shipped, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(Shipped, path)
			folder[path] = &fstest.MapFile{Data: text}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		list := folder["eating_disorders.yaml"]
		list.Data = []byte(strings.Replace(string(list.Data), c.from, c.to, 1))
		if wrong := CheckLists(folder, book); len(wrong) != 1 || !strings.HasPrefix(wrong[0].String(), c.want) {
			t.Errorf("%s: %v", name, wrong)
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
