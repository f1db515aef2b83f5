// Package handles says which names members can be known by: none that looks like
// another's, sounds like the team's, or is what somebody is called outside.
package handles

import (
	_ "embed"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"unicode"

	"go.mau.fi/util/confusable"

	"github.com/sharon-nhs/sharon/internal/alike"
)

// Longest is the most characters that a handle can have.
const Longest = 30

func words(handle string) []string {
	return strings.FieldsFunc(handle, func(r rune) bool { return r == ' ' || r == '-' })
}

// Skeleton is what a handle looks like (Unicode TR39), whatever its case and gaps:
// two that a reader could take for each other have the same.
func Skeleton(handle string) string {
	flat := confusable.Skeleton(strings.Join(words(handle), ""))
	flat = confusable.Skeleton(strings.ToLower(flat))
	return apart.Replace(flat)
}

// apart are what TR39 leaves apart: a capital I and a small l, which lower case
// would part, and two v for a w.
var apart = strings.NewReplacer("i", "l", "vv", "w")

// staff are words that only the team or those who run SHaRON may seem to be.
var staff = strings.Fields(`admin administrator carecoordinator caseworker clinician consultant counsellor crisisteam doc doctor dr gp helpdesk host
	keyworker lead manager matron mod moderator nhs nurse official paramedic peersupporter pharmacist psychiatrist psychologist safeguarding
	servicelead sharon sister socialworker staff support supportteam surgeon system team therapist trust webmaster`)

// Check tells why a handle will not do, in a sentence for whoever chose it; empty
// if it will. service is the name of the community, real the person's own name as
// far as it is known.
func Check(handle, service, real string) string {
	parts := words(handle)
	switch {
	case len(parts) == 0:
		return "Choose a name for others to know you by."
	case len([]rune(handle)) > Longest:
		return "Choose a shorter name: 30 characters or fewer."
	case strings.ContainsFunc(handle, foreign):
		return "Use only the letters a to z, numbers, blanks and hyphens, so that nobody can look like somebody else."
	case !strings.ContainsFunc(handle, unicode.IsLetter):
		return "Use at least one letter."
	case len([]rune(strings.Join(parts, ""))) < 2:
		return "Choose a name of two letters or more."
	case team(parts, service):
		return "This sounds like somebody of the team. Choose a name that is only yours."
	case realName(parts, real):
		return "This looks like a real name. Here nobody needs to know yours: choose another, such as a plant, an animal or something you like."
	}
	return ""
}

// foreign is what is not in an address. Only ASCII: one alphabet has few look-alikes.
func foreign(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-'
}

// spelled undoes digits that stand for letters: Adm1n, N4rse.
func spelled(word string) string {
	return strings.Map(func(r rune) rune {
		if letters := alike.StandsFor(r); letters != "" {
			return rune(letters[0])
		}
		return r
	}, word)
}

// team tells whether a handle sounds like staff: one of its words, or all of it, or
// a short title run into what follows (DrSmith).
func team(parts []string, service string) bool {
	all := strings.Join(parts, "")
	for _, word := range append(slices.Clone(parts), all) {
		word = Skeleton(spelled(strings.ToLower(word)))
		if strings.Contains(word, Skeleton("nhs")) || slices.ContainsFunc(staff, func(title string) bool { return word == Skeleton(title) || word == Skeleton(title+"s") }) {
			return true
		}
	}
	if service = strings.Join(words(service), ""); service != "" && strings.Contains(Skeleton(all), Skeleton(service)) {
		return true
	}
	first := strings.TrimLeft(all, "0123456789")
	return slices.ContainsFunc([]string{"Dr", "DR", "Nurse", "Doctor", "Admin", "Staff", "Moderator"}, func(title string) bool {
		rest, ok := strings.CutPrefix(first, title)
		return ok && rest != "" && !unicode.IsLower(rune(rest[0]))
	})
}

//go:embed first.txt
var firstNames string

//go:embed last.txt
var lastNames string

var given = sync.OnceValue(func() []string { return sorted(firstNames) })
var family = sync.OnceValue(func() []string { return sorted(lastNames) })

func sorted(list string) []string {
	all := strings.Fields(list)
	slices.Sort(all)
	return all
}

func in(list []string, word string) bool {
	_, found := slices.BinarySearch(list, strings.ToLower(word))
	return found
}

// realName tells whether a handle is, or looks like, somebody's first and last name.
func realName(parts []string, real string) bool {
	if names := words(real); len(names) > 0 {
		own := Skeleton(strings.Join(parts, ""))
		first, last := names[0], names[len(names)-1]
		for _, same := range []string{real, first + last, last + first} {
			if own == Skeleton(same) {
				return true
			}
		}
		if len(names) > 1 && slices.ContainsFunc(parts, func(part string) bool { return Skeleton(part) == Skeleton(last) }) {
			return true
		}
	}
	if len(parts) == 1 {
		parts = humps(parts[0])
	}
	return len(parts) >= 2 && in(given(), parts[0]) && in(family(), parts[len(parts)-1])
}

// humps are the words of a handle written as one: SarahJones.
func humps(word string) (parts []string) {
	from := 0
	for i, r := range word {
		if i > 0 && unicode.IsUpper(r) {
			parts = append(parts, word[from:i])
			from = i
		}
	}
	return append(parts, word[from:])
}

var (
	calm  = strings.Fields("Quiet Misty Amber Early Gentle Rainy Silver Sunny Mossy Velvet Winter Little Copper Wandering Cosy Bright")
	calls = strings.Fields("Otter Lantern Teapot Sparrow Meadow Pebble Robin Bramble Kettle Hedgehog Acorn Puffin Marigold Harbour Clover Wren")
)

// Suggest offers three handles, the same for the same handle, of those that free
// says are free.
func Suggest(handle string, free func(handle string) bool) (offered []string) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(handle))
	start := int(sum.Sum32() % uint32(len(calm)*len(calls))) //nolint:gosec // 256 pairs
	for i := range len(calm) * len(calls) {
		at := (start + i*37) % (len(calm) * len(calls)) // 37 and 256 have no common factor: every pair once
		if pair := calm[at%len(calm)] + " " + calls[at/len(calm)]; free(pair) {
			if offered = append(offered, pair); len(offered) == 3 {
				break
			}
		}
	}
	return offered
}
