package areas

import (
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/byhand"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/internal/words"
)

// Book is all presets of a folder as they were read.
type Book struct {
	Areas []Area // in their order
	// Matters say by what differs (a room, "room.setting", "waits") what that means
	// for people’s safety; Licensed name measures by their keys.
	Matters, Licensed map[string]string
	files             map[string]*byhand.File
}

// What a preset can hold at most, in characters.
const mostName, mostAbout, mostRules, mostWelcome = 60, 300, 6000, 2000

// Read reads the presets of a folder, which has a file for each area. What is wrong
// with them, so far as no room need be asked, is in Wrong.
func Read(folder fs.FS) Book {
	book := Book{Matters: map[string]string{}, Licensed: map[string]string{}, files: map[string]*byhand.File{}}
	book.read(folder, "licensed", &book.Licensed)
	book.read(folder, "matters", &book.Matters)
	for _, key := range keys {
		area := Area{}
		file := book.read(folder, key, &area)
		area.Key = key
		area.Welcome, area.Easy.Welcome = strings.TrimSpace(area.Welcome), strings.TrimSpace(area.Easy.Welcome)
		if len(file.Wrong) == 0 {
			check(file, area)
		}
		book.Areas = append(book.Areas, area)
	}
	return book
}

func (b Book) read(folder fs.FS, name string, into any) *byhand.File {
	file := &byhand.File{Name: name + ".yaml"}
	if text, err := fs.ReadFile(folder, file.Name); err != nil {
		file.Say("There is no such file.")
	} else {
		file = byhand.Read(file.Name, text, into)
	}
	b.files[name] = file
	return file
}

// File is that of an area, "matters" or "licensed", to say what else is wrong with it.
func (b Book) File(name string) *byhand.File { return b.files[name] }

// Wrong is all that is wrong, file by file.
func (b Book) Wrong() (all []byhand.Wrong) {
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		all = append(all, b.files[name].Wrong...)
	}
	return all
}

// must is for the files that are part of the program.
func (b Book) must() Book {
	if wrong := b.Wrong(); len(wrong) > 0 {
		panic(fmt.Sprint("presets: ", wrong))
	}
	return b
}

// check says what is wrong with an area by itself.
func check(f *byhand.File, a Area) {
	for _, part := range []struct {
		field, text string
		most        int
	}{{"name", a.Name, mostName}, {"about", a.About, mostAbout}, {"rules", a.Rules, mostRules}, {"welcome", a.Welcome, mostWelcome}} {
		f.Text(part.text, part.most, part.field)
	}
	f.Text(a.Easy.Rules, mostRules, "easy", "rules")
	f.Text(a.Easy.Welcome, mostWelcome, "easy", "welcome")
	for _, list := range []struct {
		field string
		keys  []string
	}{{"rooms", a.Rooms}, {"gifts", a.Gifts}, {"measures", a.Measures}, {"topics", keysOf(a.Topics)}, {"boards", slugsOf(a.Boards)}} {
		for i, key := range list.keys {
			if slices.Index(list.keys, key) < i {
				f.Say("“"+key+"” is here twice.", list.field, at(i))
			}
		}
	}
	for i, topic := range a.Topics {
		slug(f, topic.Key, "topics", at(i), "key")
		f.Text(topic.Name, 40, "topics", at(i), "name")
	}
	for i, board := range a.Boards {
		slug(f, board.Slug, "boards", at(i), "slug")
		f.Text(board.Name, mostName, "boards", at(i), "name")
		f.Text(board.About, 200, "boards", at(i), "about")
	}
	for i, line := range a.Crisis {
		line.check(f, "crisis", at(i))
	}
	if a.Words != "" && !words.Known(a.Words) {
		f.Say("There are no words of this kind.", "words")
	}
	a.Waits.check(f)
	a.Notices.check(f)
	for _, class := range slices.Sorted(maps.Keys(a.Keep)) {
		if b := a.Keep[class]; b.Least < 0 || b.Most < 0 || b == (Bounds{}) || b.Most > 0 && b.Most < b.Least {
			f.Say("Say for how many days at least, or at most.", "keep", class)
		}
	}
}

// at is the number of an entry as people count.
func at(i int) string { return strconv.Itoa(i + 1) }

func keysOf(topics []Topic) (all []string) {
	for _, topic := range topics {
		all = append(all, topic.Key)
	}
	return all
}

func slugsOf(boards []Board) (all []string) {
	for _, board := range boards {
		all = append(all, board.Slug)
	}
	return all
}

func slug(f *byhand.File, key string, path ...string) {
	if !web.IsSlug(key) {
		f.Say("Use only a to z, numbers and single hyphens.", path...)
	}
}

func (w Waits) check(f *byhand.File) {
	if !slices.Contains([]string{"take", "hold", "refuse"}, w.Unattended) {
		f.Say("While nobody is on duty, posts are for: take, hold or refuse.", "waits", "unattended")
	}
	if w.First < 0 || w.First > 50 {
		f.Say("The number of first posts is 0 to 50.", "waits", "first")
	}
}

func (n Notices) check(f *byhand.File) {
	if n == (Notices{}) {
		return
	}
	if _, known := digests[n.Digest]; !known {
		f.Say("A digest is: off, daily or weekly.", "notices", "digest")
	}
	if (n.QuietFrom == "") != (n.QuietTo == "") {
		f.Say("Quiet hours have a beginning and an end.", "notices")
	}
	for _, hour := range [][2]string{{"quiet_from", n.QuietFrom}, {"quiet_to", n.QuietTo}} {
		if _, err := time.Parse("15:04", hour[1]); hour[1] != "" && err != nil {
			f.Say("Write an hour, such as 21:00.", "notices", hour[0])
		}
	}
}

// A British number, or a short one; and what takes texts.
var (
	phoneNumber = regexp.MustCompile(`^(0[0-9]{9,10}|08001111|[1-9][0-9]{2,5})$`)
	textNumber  = regexp.MustCompile(`^([0-9]{5,6}|07[0-9]{9})$`)
)

// CanCall tells whether a telephone of this country reaches the number.
func CanCall(number string) bool { return phoneNumber.MatchString(bare(number)) }

// CanText tells whether the number takes texts.
func CanText(number string) bool { return textNumber.MatchString(bare(number)) }

func bare(number string) string { return strings.ReplaceAll(number, " ", "") }

func (l Helpline) check(f *byhand.File, path ...string) {
	in := func(field string) []string { return append(slices.Clone(path), field) }
	f.Text(l.Name, 100, in("name")...)
	f.Text(l.Hours, 100, in("hours")...)
	switch {
	case l.Phone == "" && l.Text == "":
		f.Say("Give a number to call or to text.", path...)
	case l.Phone != "" && !CanCall(l.Phone):
		f.Say("This is not a telephone number of this country.", in("phone")...)
	case l.Text != "" && !CanText(l.Text):
		f.Say("This is not a number that takes texts.", in("text")...)
	}
	if source, err := url.Parse(l.Source); err != nil || source.Scheme != "https" || source.Host == "" {
		f.Say("Say where the number is published: an address that begins with https://", in("source")...)
	}
	if _, err := time.Parse(time.DateOnly, l.Checked); err != nil {
		f.Say("Say on which day the number was checked there, such as 2026-11-23.", in("checked")...)
	}
}

// goesStale is how long a helpline's number is taken to be right.
const goesStale = 365 * 24 * time.Hour

// Due are helplines whose numbers nobody has compared with their source for a year.
// They are shown all the same.
func (b Book) Due(now time.Time) (all []byhand.Wrong) {
	for _, area := range b.Areas {
		due := b.files[area.Key].Clean()
		for i, line := range area.Crisis {
			if checked, err := time.Parse(time.DateOnly, line.Checked); err == nil && now.Sub(checked) > goesStale {
				due.Say("Nobody has compared this number with "+line.Source+" for a year.", "crisis", at(i), "phone")
			}
		}
		all = append(all, due.Wrong...)
	}
	return all
}
