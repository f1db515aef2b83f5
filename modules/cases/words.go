package cases

import (
	"strconv"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// What an entry of the timeline can be.
const (
	opened       = "opened"
	calling      = "calling"           // a rung of the tree; the words are its name
	paged        = "paged"             // an attempt to reach somebody, with its result
	unreached    = "unreached"         // nobody of a rung could be reached
	unanswered   = "unanswered"        // the whole tree was called
	acknowledged = safety.Acknowledged // somebody has it
	orphaned     = "orphaned"          // its owner cannot work on it any more
	graded       = "level"
	messaged     = "message"
	identified   = "identity"
	phoned       = "called"
	told         = "told"
	noted        = "note"
	linked       = "linked"
	handed       = "handed"
	lapsed       = "lapsed" // nobody said yes to a hand-over in time
	returned     = "back"
	closed       = "closed"
	reopened     = "reopened"
	planRead     = "safety_plan"
)

// entryNames are entries in words; the subject, where it is a member, follows.
var entryNames = map[string]string{
	opened: "Case opened", calling: "Calling", paged: "Call to", unreached: "Nobody could be reached", unanswered: "Nobody has answered",
	acknowledged: "Took the case on", orphaned: "The owner cannot work on the case any more: the team is called again", graded: "Changed the level",
	messaged: "Wrote to the member", identified: "Went to see who the member is", phoned: "Made a phone call", told: "Told the crisis team",
	noted: "Note", linked: "Added to the case", handed: "Asked to take over:", lapsed: "The hand-over was not accepted in time: the team is called again",
	returned: "Gave the case back", closed: "Case closed", reopened: "Case opened again", planRead: "Opened the member’s safety plan",
}

var acts = tenants.Acts{
	"case." + opened: "Opened a case", "case." + calling: "Called the team for a case", "case." + paged: "Tried to reach somebody for a case",
	"case." + unreached: "Could reach nobody for a case", "case." + unanswered: "Called everybody for a case, and nobody answered",
	"case." + acknowledged: "Took a case on", "case." + orphaned: "Took a case from an owner who is not here any more", "case." + graded: "Changed the level of a case",
	"case." + messaged: "Wrote to the member of a case", "case." + identified: "Went from a case to see who a member is", "case." + phoned: "Made a phone call for a case",
	"case." + told: "Told the crisis team about a case", "case." + noted: "Added a note to a case", "case." + linked: "Added something to a case",
	"case." + handed: "Asked a colleague to take a case over", "case." + lapsed: "Took a case back that a colleague did not accept",
	"case." + returned: "Gave a case back", "case." + closed: "Closed a case", "case." + reopened: "Opened a closed case again", "case." + planRead: "Opened the safety plan of the member of a case",
	"case.plan": "Planned the monthly drill of being called",
}

// drillOver is the outcome of drills alone.
const drillOver = "drill"

// outcomes are how a case can end, in the order shown.
var outcomes = []ui.Option{
	{Value: "safe", Label: "The member is safe"},
	{Value: "services", Label: "The member is in contact with services"},
	{Value: "crisis_team", Label: "Handed over to the crisis team"},
	{Value: "emergency", Label: "Handed over to the emergency services"},
	{Value: "no_concern", Label: "Looked into, and no concern found"},
	{Value: "no_contact", Label: "The member could not be reached, and others are told"},
}

func outcomeName(outcome string) string {
	for _, one := range outcomes {
		if one.Value == outcome {
			return one.Label
		}
	}
	if outcome == drillOver {
		return "Drill completed"
	}
	return outcome
}

// lasting is a length of time in words, by its two greatest parts.
func lasting(d time.Duration) string {
	parts := []struct {
		of        time.Duration
		one, many string
	}{{24 * time.Hour, "day", "days"}, {time.Hour, "hour", "hours"}, {time.Minute, "minute", "minutes"}, {time.Second, "second", "seconds"}}
	var words []string
	for _, part := range parts {
		if n := d / part.of; n > 0 && len(words) < 2 {
			words = append(words, ui.Count(int(n), part.one, part.many))
			d -= n * part.of
		}
	}
	if len(words) == 0 {
		return "0 seconds"
	}
	return strings.Join(words, " ")
}

// clockWords says how a case stands with its clock.
func clockWords(c safety.Case, now time.Time) string {
	switch {
	case c.ClosedAt != nil:
		return "Closed after " + lasting(c.ClosedAt.Sub(c.OpenedAt))
	case c.AckedAt != nil:
		return "Taken on after " + lasting(c.AckedAt.Sub(c.OpenedAt))
	case now.After(c.DueAt):
		return lasting(now.Sub(c.DueAt)) + " overdue"
	}
	return lasting(c.DueAt.Sub(now)) + " left"
}

// toTheSecond is a moment of the record.
func toTheSecond(t time.Time) string { return t.In(clock.London).Format("2 January 2006, 15:04:05") }

// ordinal is 1st, 2nd, 3rd …
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
