package waiting

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// Cells are what somebody or something says of an entry, by field. A field that is
// not among them stays as it is; one that is empty is emptied.
type Cells map[string]string

// field is a part of an entry that a file, a form or another system can say.
type field struct {
	key, name, about string
	// called are other headings of the column, in small letters.
	called []string
	// read lays the text over the entry and says what is wrong with it.
	read func(r reading, text string, line *Line) string
}

// fields are all of them, in the order of a file.
var fields = []field{
	{"reference", "reference", "What your own system calls this person’s referral. Needed, and each once.", []string{"ref", "referral id", "referral number", "ubrn"}, readReference},
	{"nhs_number", "NHS number", "Ten digits. It is checked, sealed and never shown again.", []string{"nhs", "nhs no", "nhs_number"}, readNHS},
	{"email", "email", "Where an invitation goes. Sealed.", []string{"e-mail", "email address"}, readEmail},
	{"pathway", "pathway", "What they wait for, as a pathway of this service is called.", []string{"waiting for", "clinic"}, readPathway},
	{"referred_on", "referral date", "Today or before.", []string{"referred", "referred on", "date of referral", "referred_on"}, readReferred},
	{"priority", "priority", "urgent, soon or routine. Left out: routine.", nil, readPriority},
	{"target_weeks", "target weeks", "In how many weeks they should be seen. Left out: as the pathway says.", []string{"target", "target_weeks"}, readTarget},
	{"keyworker", "keyworker", "The handle of one of your team.", []string{"key worker", "worker"}, readKeyworker},
	{"pauses", "pauses", "When the clock stood still: 5 1 2026 to 2 2 2026. Semicolons between several.", []string{"clock pauses", "pause"}, readPausesOf},
	{"outcome", "outcome", "first appointment, treatment began, declined, discharged, moved or no longer needed. Left out: they wait.", nil, readOutcome},
	{"outcome_on", "outcome date", "Needed with an outcome.", []string{"outcome on", "date of outcome", "outcome_on"}, readOutcomeOn},
}

// Line is what is said of one entry, and what follows.
type Line struct {
	Number        int // in a file, the heading being 1
	Reference     string
	before, after Entry
	email, nhs    string        // as they are to be sealed, where they change
	Wrong         []fault.Field // by field
	What          what
}

func (l *Line) wrong(field, complaint string) {
	if complaint != "" {
		l.Wrong = append(l.Wrong, fault.Field{Name: field, Message: complaint})
	}
}

// what follows from a line: nothing, where it says what is known.
type what string

const (
	added   what = "added"
	changed what = "changed"
	same    what = "same"
	refused what = "refused"
)

// reading is what must be known to read an entry.
type reading struct {
	now        time.Time
	today      Day
	keys       crypt.Keys
	pathways   map[string]Pathway // by key
	keyworkers map[string]uuid.UUID
}

func readingOf(s tenants.Scope, keys crypt.Keys, ways []Pathway, team []tenants.Person) reading {
	r := reading{now: s.Now, today: dayOf(s.Now), keys: keys, pathways: map[string]Pathway{}, keyworkers: map[string]uuid.UUID{}}
	for _, way := range ways {
		r.pathways[way.Key] = way
	}
	for _, person := range team {
		r.keyworkers[person.HandleKey] = person.ID
	}
	return r
}

// line lays what is said over the entry as it was; a new one has no id yet.
func (r reading) line(number int, before Entry, cells Cells) Line {
	line := Line{Number: number, Reference: strings.TrimSpace(cells["reference"]), before: before, after: before}
	if before.ID == uuid.Nil {
		line.after.Priority, line.after.Contact = Routine, ContactHere
	}
	for _, f := range fields {
		if text, said := cells[f.key]; said {
			line.wrong(f.key, f.read(r, strings.TrimSpace(text), &line))
		}
	}
	r.whole(&line)
	return line
}

// whole holds the parts of an entry to each other.
func (r reading) whole(line *Line) {
	e := &line.after
	bad := func(field string) bool {
		return slices.ContainsFunc(line.Wrong, func(f fault.Field) bool { return f.Name == field })
	}
	need := func(missing bool, field, complaint string) {
		if missing && !bad(field) {
			line.wrong(field, complaint)
		}
	}
	need(e.Reference == "", "reference", "Enter a reference.")
	need(e.PathwayID == uuid.Nil, "pathway", "Enter a pathway.")
	need(e.ReferredOn == "", "referred_on", "Enter a referral date.")
	need(e.Outcome != "" && e.OutcomeOn == "", "outcome_on", "Enter the day of the outcome.")
	need(e.Outcome == "" && e.OutcomeOn != "", "outcome", "Enter what came of it, or leave out the day.")
	need(e.OutcomeOn != "" && e.ReferredOn != "" && e.OutcomeOn < e.ReferredOn, "outcome_on", "The outcome is after the referral.")
	need(len(e.Pauses) > 0 && e.ReferredOn != "" && e.Pauses[0].From < e.ReferredOn, "pauses", "A pause begins after the referral.")
	if e.Open() == line.before.Open() && line.before.ID != uuid.Nil {
		return
	}
	if e.ClosedAt, e.AskAt = nil, nil; !e.Open() {
		e.ClosedAt = &r.now
	} else if e.MemberID != nil {
		e.AskAt = &r.now
	}
}

func readReference(_ reading, text string, line *Line) string {
	if len([]rune(text)) > 60 {
		return "A reference has 60 characters or fewer."
	}
	if strings.ContainsAny(text, "/?#%\\") {
		return "A reference has none of / ? # % and \\ in it."
	}
	line.after.Reference = text
	return ""
}

func readNHS(r reading, text string, line *Line) string {
	who, err := identity.Given{NHSNumber: text}.Read(r.now)
	if err != nil {
		return firstWords(err)
	}
	lookup := ""
	if who.NHSNumber != "" {
		lookup = r.keys.Lookup(identity.Labelled(who.NHSNumber))
	}
	if line.after.NHSLookup != lookup {
		line.after.NHSLookup, line.nhs = lookup, who.NHSNumber
	}
	return ""
}

// address holds an email to the same rule as a form's.
type address struct {
	Email string `json:"email" validate:"omitempty,email,max=254"`
}

func readEmail(r reading, text string, line *Line) string {
	if err := web.Validate(address{text}); err != nil || strings.ContainsFunc(text, func(c rune) bool { return c > 0x7e }) {
		return "Enter an email address like name@example.com."
	}
	lookup := ""
	if text != "" {
		lookup = r.keys.Lookup(text)
	}
	if line.after.EmailLookup != lookup {
		line.after.EmailLookup, line.email = lookup, text
	}
	return ""
}

func readPathway(r reading, text string, line *Line) string {
	way, known := r.pathways[pathwayKey(text)]
	switch {
	case text == "":
		return "Enter a pathway."
	case !known:
		return "This service has no pathway of this name."
	case way.Retired && line.before.PathwayID != way.ID:
		return "Nobody new is put on this pathway any more."
	}
	line.after.PathwayID = way.ID
	return ""
}

// oldest is how long ago a referral can be, in years.
const oldest = 15

func readReferred(r reading, text string, line *Line) string {
	day, complaint := readDay(text)
	switch {
	case text == "":
		return "Enter a referral date."
	case complaint != "":
		return complaint
	case day > r.today:
		return "This referral date is in the future."
	case day < dayOf(r.now.AddDate(-oldest, 0, 0)):
		return "Check the year of the referral."
	}
	line.after.ReferredOn = day
	return ""
}

func readPriority(_ reading, text string, line *Line) string {
	line.after.Priority = Routine
	if text != "" {
		line.after.Priority = Priority(strings.ToLower(text))
	}
	if !slices.Contains(priorities, line.after.Priority) {
		return "A priority is urgent, soon or routine."
	}
	return ""
}

func readTarget(_ reading, text string, line *Line) string {
	line.after.TargetWeeks = 0
	if text == "" {
		return ""
	}
	weeks, err := strconv.Atoi(text)
	if err != nil || weeks < 0 || weeks > 260 {
		return "A target is a number of weeks, up to 260."
	}
	line.after.TargetWeeks = weeks
	return ""
}

func readKeyworker(r reading, text string, line *Line) string {
	line.after.KeyworkerID = nil
	if text == "" {
		return ""
	}
	id, known := r.keyworkers[tenants.HandleKey(strings.TrimPrefix(text, "@"))]
	if !known {
		return "Nobody of this handle looks after people who wait here."
	}
	line.after.KeyworkerID = &id
	return ""
}

func readPausesOf(_ reading, text string, line *Line) (complaint string) {
	line.after.Pauses, complaint = readPauses(text)
	return complaint
}

func readOutcome(_ reading, text string, line *Line) string {
	name := strings.ToLower(strings.ReplaceAll(text, "_", " "))
	for outcome, known := range outcomeNames {
		if strings.EqualFold(name, known) || name == strings.ReplaceAll(string(outcome), "_", " ") {
			line.after.Outcome = outcome
			return ""
		}
	}
	return "An outcome is first appointment, treatment began, declined, discharged, moved or no longer needed."
}

func readOutcomeOn(r reading, text string, line *Line) (complaint string) {
	line.after.OutcomeOn = ""
	if text == "" {
		return ""
	}
	if line.after.OutcomeOn, complaint = readDay(text); line.after.OutcomeOn > r.today {
		return "This outcome is in the future."
	}
	return complaint
}

// firstWords is what is wrong with the first field that an error names.
func firstWords(err error) string {
	if wrong := fieldsOf(err); len(wrong) > 0 {
		return wrong[0].Message
	}
	return "This value is not one that we can use."
}
