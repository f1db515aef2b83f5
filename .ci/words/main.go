// Command words writes internal/words/sharon.pot: the English of the interface, as it
// stands in the templates and in the Go code. `make gen` runs it, `make check` tells
// whether that was forgotten.
//
// A text of a page is what stands between two tags, so a template's words and the
// expressions beside them make one text, with {} for what only the page knows.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/words"

	"go.yaml.in/yaml/v3"
)

// template is where translators' tools look for what is to be said.
const template = "internal/words/sharon.pot"

// roots are the folders with texts of the interface in them.
var roots = []string{
	"admin", "internal/album", "internal/document", "internal/fault", "internal/film", "internal/picture",
	"internal/signin", "internal/ui", "internal/web", "modules", "tenants",
}

// staff are those folders, files and components with texts that no member sees: they
// stay English.
var staff = []string{
	"admin/", "internal/signin/pages.templ#Proof", "internal/web/openapi.go", "internal/web/app.go", "modules/all/", "modules/cases/", "internal/web/tus", "internal/web/request.go", "modules/catch/pages.templ#modes", "modules/catch/pages.templ#unanswered", "modules/catch/modes.go", "modules/desk/", "modules/figures/",
	"modules/gifts/art.go", "modules/recovery/definition.go", "modules/recovery/load.go", "modules/resources/review.go",
	"modules/rota/", "modules/safety/", "modules/switchboard/", "modules/terms/",
	"modules/waiting/board", "modules/waiting/count.go", "modules/waiting/figures", "modules/waiting/given.go", "modules/waiting/hand.go", "modules/waiting/invite.go",
	"modules/waiting/list.templ", "modules/waiting/many.go", "modules/waiting/pathway", "modules/waiting/plan.go", "modules/waiting/put.go",
	"tenants/account/provider.go", "tenants/areas/", "tenants/audit", "tenants/create.go", "tenants/data/hold.go", "tenants/data/retain.go", "tenants/directory.go", "tenants/exitkit/",
	"tenants/identity/lookup.go", "tenants/identity/read.go", "tenants/invitations/administrator.go", "tenants/invitations/csv.go", "tenants/invitations/founding.go",
	"tenants/data/letter.go", "tenants/invitations/letter.go", "tenants/letters/", "tenants/move.go", "tenants/invitations/list.go", "tenants/invitations/many.go", "tenants/invitations/send.go", "tenants/platform.go", "tenants/policy/", "tenants/search.go", "internal/ui/assets/", "tenants/portfolio/", "tenants/preset.go",
	"tenants/programmes/", "tenants/reach/", "tenants/rights/", "tenants/usage/",
	"modules/forums/pages.templ#boardForm", "modules/forums/pages.templ#steer", "modules/gifts/pages.templ#add", "modules/gifts/pages.templ#catalogue", "modules/gifts/pages.templ#kind",
	"modules/live/pages.templ#cancel", "modules/live/pages.templ#form", "modules/live/pages.templ#planNow", "modules/live/pages.templ#remove",
	"modules/messages/team.templ#mailbox", "modules/posts/pages.templ#history", "modules/posts/words.templ#noting", "modules/posts/words.templ#topic",
	"modules/recovery/journal.templ#prompts", "modules/recovery/measures.templ#definitions", "modules/recovery/measures.templ#measuresOf", "modules/recovery/pages.templ#look",
	"modules/resources/team.templ#archive", "modules/resources/team.templ#desk", "modules/resources/write.templ#care", "modules/resources/write.templ#edit", "modules/resources/write.templ#new",
	"modules/standing/pages.templ#of", "tenants/account/pages.templ#providers",
	"tenants/data/pages.templ#copyPage", "tenants/data/pages.templ#holds", "tenants/data/pages.templ#periods", "tenants/data/pages.templ#preview",
	"tenants/identity/pages.templ#asking", "tenants/identity/pages.templ#fact", "tenants/identity/pages.templ#found", "tenants/identity/pages.templ#reasonFields", "tenants/identity/pages.templ#seeking", "tenants/identity/pages.templ#sought",
	"modules/surveys/desk.templ", "modules/surveys/make.go", "modules/surveys/question", "modules/surveys/result.go", "modules/surveys/yearly.go", "modules/surveys/words.go", "modules/wings/family", "modules/wings/kin", "modules/wings/move.go",
	"tenants/drift.templ", "tenants/homescreen/homescreen.go", "tenants/homescreen/pages.templ#look", "tenants/wing", "tenants/reading/service.go", "modules/recovery/courses/teach", "modules/recovery/courses/part.go", "modules/recovery/courses/course.go", "modules/access/met.go", "modules/access/review.go", "modules/access/pages.templ#person", "modules/access/pages.templ#due",
	"modules/wings/leave.templ#list", "modules/wings/leave.templ#whenTags", "modules/wings/leave.templ#leaver", "tenants/reading/pages.templ#service",
	"tenants/invitations/pages.templ#checked", "tenants/invitations/pages.templ#joining", "tenants/invitations/pages.templ#list", "tenants/invitations/pages.templ#many", "tenants/invitations/pages.templ#new",
}

// team is before the path of code that is the staff's in a file of the members'.
const team = "team:"

// all is before that of code which makes something for everybody, in a file of the staff's.
const all = "all:"

// shown are the parts of them that members see.
var shown = []string{"modules/desk/answer.go", "modules/safety/needs.templ", "modules/desk/more.templ#answer", "modules/desk/more.templ#recourse", "tenants/rights/why.go"}

func main() {
	found := texts{}
	for _, root := range roots {
		if err := filepath.WalkDir(root, found.file); err != nil {
			fmt.Fprintln(os.Stderr, "words:", err)
			os.Exit(1)
		}
	}
	found.calendar()
	if err := os.WriteFile(template, found.template(), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "words:", err)
		os.Exit(1)
	}
}

// texts are the files that each text is in.
type texts map[string]map[string]bool

func (t texts) file(path string, entry fs.DirEntry, err error) error {
	name := entry.Name()
	switch {
	case err != nil || entry.IsDir():
		return err
	case strings.HasSuffix(name, ".templ"):
		return t.ofTemplate(path)
	case name == "needs.yaml":
		return t.ofNeeds(path)
	case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go"):
		return t.ofCode(path)
	}
	return nil
}

// ofNeeds adds what somebody can say that they need.
func (t texts) ofNeeds(path string) error {
	var groups []struct {
		Name  string
		Needs []struct{ Name string }
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(raw, &groups); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, group := range groups {
		t.add(group.Name, path)
		for _, need := range group.Needs {
			t.add(need.Name, path)
		}
	}
	return nil
}

// calendar adds what dates are made of, which time writes by itself, and what else code
// puts together from single words.
func (t texts) calendar() {
	const path = "internal/words/words.go"
	for day := time.Sunday; day <= time.Saturday; day++ {
		t.add(day.String(), path)
	}
	for month := time.January; month <= time.December; month++ {
		t.add(month.String(), path)
	}
	for _, text := range []string{"at", "{}am", "{}pm", "midday", "midnight", "PIN", "Choose a number", "Yes", "No", "Not sure", "post", "comment", "mood", "sleep", "energy", "goals", "safety plan", "every two weeks", "PDF", "every four weeks", "every month"} {
		t.add(text, path)
	}
}

// add notes the texts of a line; one without words is none.
func (t texts) add(line, path string) {
	for text := range strings.SplitSeq(line, "·") {
		text = strings.Join(strings.Fields(text), " ")
		if !lettered.MatchString(text) {
			continue
		}
		if t[text] == nil {
			t[text] = map[string]bool{}
		}
		t[text][path] = true
	}
}

// template is a gettext template, room by room. Lines are left out of the references,
// so that it changes with the texts only.
func (t texts) template() []byte {
	var out bytes.Buffer
	out.WriteString("# Made by `make gen`. How it is translated: docs/translating.md\nmsgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n")
	for _, text := range slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		if byFile := strings.Compare(t.files(a)[0], t.files(b)[0]); byFile != 0 {
			return byFile
		}
		return strings.Compare(a, b)
	}) {
		files := t.files(text)
		out.WriteString("\n")
		if !slices.ContainsFunc(files, ofMembers) {
			out.WriteString("#. staff\n")
		}
		fmt.Fprintf(&out, "#: %s\n%s", aside.ReplaceAllString(strings.Join(files, " "), ""), words.Entry(text))
	}
	return out.Bytes()
}

// files are those of a text, the members' first.
func (t texts) files(text string) []string {
	return slices.SortedFunc(maps.Keys(t[text]), func(a, b string) int {
		if ofMembers(a) != ofMembers(b) {
			return map[bool]int{true: -1, false: 1}[ofMembers(a)]
		}
		return strings.Compare(a, b)
	})
}

// aside is what a path has besides the file's.
var aside = regexp.MustCompile(team + "|" + all + `|#\w+`)

func ofMembers(path string) bool {
	if strings.HasPrefix(path, all) || slices.ContainsFunc(shown, func(some string) bool { return strings.HasPrefix(path, some) }) {
		return true
	}
	return !strings.HasPrefix(path, team) && !strings.HasSuffix(path, "/count.go") && !slices.ContainsFunc(staff, func(some string) bool { return strings.HasPrefix(path, some) })
}
