package terms

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

//go:embed lists/*.yaml
var files embed.FS

// Shipped are SHaRON’s own lists.
var Shipped = func() fs.FS {
	folder, err := fs.Sub(files, "lists")
	if err != nil {
		panic(err)
	}
	return folder
}()

// common is the file of what every area looks for.
const common = "common"

// file is a list as it is kept: change its version with whatever else you change.
type file struct {
	Version int
	About   string
	Sources []string
	Groups  []group
}

// group is what is looked for for one reason.
type group struct {
	Name, Source string
	Acts         `yaml:",inline"`
	Words        []string
	Phrases      []string
	Beginnings   []string // of a word, or of a phrase's last word
	Patterns     []string
}

// areaList is what the services of an area look for at first.
type areaList struct {
	version string // of the common list and of the area's
	rules   []Rule
	groups  []group
}

// lists are those of all areas.
var lists = sync.OnceValues(func() (map[tenants.Area]areaList, error) {
	all := map[tenants.Area]areaList{}
	first, told := read(Shipped, common)
	for _, known := range areas.All {
		area := tenants.Area(known.Key)
		own, more := read(Shipped, known.Key)
		if wrong := slices.Concat(told.Wrong, more.Wrong); len(wrong) > 0 {
			return nil, fmt.Errorf("watched terms: %v", wrong)
		}
		list := areaList{version: fmt.Sprintf("%d.%d", first.Version, own.Version), groups: slices.Concat(first.Groups, own.Groups)}
		at := map[string]int{}
		for _, rule := range append(first.rules(), own.rules()...) {
			key := rule.key()
			if n, twice := at[key]; twice {
				list.rules[n] = rule // an area knows better than all of them
				continue
			}
			at[key] = len(list.rules)
			list.rules = append(list.rules, rule)
		}
		all[area] = list
	}
	return all, nil
})

// listOf is the list of an area as this version of SHaRON has it.
func listOf(area tenants.Area) (areaList, error) {
	all, err := lists()
	return all[area], err
}

// read reads a list; what cannot be read is in the file's Wrong.
func read(folder fs.FS, name string) (list file, told *byhand.File) {
	told = &byhand.File{Name: "lists/" + name + ".yaml"}
	text, err := fs.ReadFile(folder, name+".yaml")
	if err != nil {
		told.Say("There is no such file.")
		return list, told
	}
	told = byhand.Read(told.Name, text, &list)
	return list, told
}

// CheckLists says what is wrong with the lists of a folder, for the areas of a book.
func CheckLists(folder fs.FS, book areas.Book) (wrong []byhand.Wrong) {
	list, told := read(folder, common)
	list.check(told, tenants.AlwaysTopics)
	wrong = append(wrong, told.Wrong...)
	for _, area := range book.Areas {
		list, told := read(folder, area.Key)
		topics := slices.Concat(area.Topics, tenants.AlwaysTopics)
		if len(book.File(area.Key).Wrong) > 0 {
			topics = nil
		}
		list.check(told, topics)
		wrong = append(wrong, told.Wrong...)
	}
	return wrong
}

// check says what is wrong with a list that could be read, in an area with these
// topics; nil where they are not known.
func (f file) check(told *byhand.File, topics []areas.Topic) {
	if len(told.Wrong) > 0 {
		return
	}
	if f.Version < 1 {
		told.Say("A list has a version, from 1.", "version")
	}
	told.Text(f.About, 300, "about")
	if len(f.Sources) == 0 {
		told.Say("Say where the categories are from.", "sources")
	}
	seen := map[string]string{}
	for i, g := range f.Groups {
		at := []string{"groups", strconv.Itoa(i + 1)}
		in := func(field ...string) []string { return slices.Concat(at, field) }
		told.Text(g.Name, 100, in("name")...)
		told.Text(g.Source, 100, in("source")...)
		if g.Case != "" && !slices.Contains(safety.Levels, g.Case) {
			told.Say("A case is crisis, red, amber or green.", in("case")...)
		}
		if g.Topic != "" && topics != nil && !slices.ContainsFunc(topics, func(t areas.Topic) bool { return t.Key == g.Topic }) {
			told.Say("No content note of the area has this key.", in("cover")...)
		}
		for _, one := range g.parts() {
			for n, rule := range one.rules {
				path := in(one.field, strconv.Itoa(n+1))
				if reason := rule.wrong(); reason != "" {
					told.Say(reason, path...)
				} else if before, twice := seen[rule.key()]; twice {
					told.Say("This is in "+before+" already.", path...)
				}
				seen[rule.key()] = strings.Join(path, "/")
			}
		}
	}
}

func (f file) rules() (all []Rule) {
	for _, group := range f.Groups {
		for _, one := range group.parts() {
			all = append(all, one.rules...)
		}
	}
	return all
}

// part are the rules of a group that look in one way.
type part struct {
	field string
	rules []Rule
}

func (g group) parts() (all []part) {
	for _, one := range []struct {
		field  string
		sort   watch.Sort
		prefix bool
		texts  []string
	}{{"words", watch.Word, false, g.Words}, {"phrases", watch.Phrase, false, g.Phrases}, {"beginnings", watch.Phrase, true, g.Beginnings}, {"patterns", watch.Pattern, false, g.Patterns}} {
		out := part{field: one.field}
		for _, text := range one.texts {
			rule := Rule{Text: text, Sort: one.sort, Prefix: one.prefix, Acts: g.Acts}
			if rule.Sort == watch.Phrase && rule.oneWord() {
				rule.Sort = watch.Word
			}
			out.rules = append(out.rules, rule)
		}
		all = append(all, out)
	}
	return all
}

// oneWord tells whether a phrase is a word.
func (r Rule) oneWord() bool {
	r.Sort = watch.Word
	return r.wrong() == ""
}
