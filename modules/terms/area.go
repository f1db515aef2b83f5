package terms

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

//go:embed lists/*.yaml
var files embed.FS

// common is the file of what every area looks for.
const common = "common"

// file is a list as it is kept: change its version with whatever else you change.
type file struct {
	Version int
	About   string
	Sources []string
	Groups  []struct {
		Name, Source string
		Acts         `yaml:",inline"`
		Words        []string
		Phrases      []string
		Beginnings   []string // of a word, or of a phrase's last word
		Patterns     []string
	}
}

// areaList is what the services of an area look for at first.
type areaList struct {
	version string // of the common list and of the area's
	rules   []Rule
}

// lists are those of all areas.
var lists = sync.OnceValues(func() (map[tenants.Area]areaList, error) {
	all := map[tenants.Area]areaList{}
	first, err := read(common)
	if err != nil {
		return nil, err
	}
	for _, known := range areas.All {
		area := tenants.Area(known.Key)
		own, err := read(string(area))
		if err != nil {
			return nil, err
		}
		list := areaList{version: fmt.Sprintf("%d.%d", first.Version, own.Version)}
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

func read(name string) (list file, err error) {
	text, err := files.ReadFile("lists/" + name + ".yaml")
	if err != nil {
		return list, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err = decoder.Decode(&list)
	if err == nil && list.Version == 0 {
		err = errors.New("it has no version")
	}
	if err != nil {
		return list, fmt.Errorf("lists/%s.yaml: %w", name, err)
	}
	return list, nil
}

func (f file) rules() (all []Rule) {
	for _, group := range f.Groups {
		for _, part := range []struct {
			sort   watch.Sort
			prefix bool
			texts  []string
		}{{watch.Word, false, group.Words}, {watch.Phrase, false, group.Phrases}, {watch.Phrase, true, group.Beginnings}, {watch.Pattern, false, group.Patterns}} {
			for _, text := range part.texts {
				rule := Rule{Text: text, Sort: part.sort, Prefix: part.prefix, Acts: group.Acts}
				if rule.Sort == watch.Phrase && rule.oneWord() {
					rule.Sort = watch.Word
				}
				all = append(all, rule)
			}
		}
	}
	return all
}

// oneWord tells whether a phrase is a word.
func (r Rule) oneWord() bool {
	r.Sort = watch.Word
	return r.wrong() == ""
}
