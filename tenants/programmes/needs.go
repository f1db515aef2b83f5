package programmes

import (
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// needs are what waits for a person: clashes, what is late, gates that wait,
// benefits to review.
func (s Seen) needs() (all []Need) {
	for _, c := range s.Clashes {
		if c.Open {
			all = append(all, Need{"Clash", c.Words, c.plain(), "/people#away", "Plan cover"})
		}
	}
	for _, phase := range s.Phases {
		for _, task := range phase.Tasks {
			if task.State == Late {
				words := task.Name + ": was due on " + task.PlannedTo.Short() + "."
				if task.Owner != "" {
					words = task.Owner + ". " + words
				}
				all = append(all, Need{"Late", words, "A task of phase " + strconv.Itoa(phase.Number) + " is late.", "/tasks/" + task.ID.String(), "Look at it"})
			}
		}
		if need, waits := s.atGate(phase); waits {
			all = append(all, need)
		}
	}
	for _, action := range s.Actions {
		if action.Overdue {
			all = append(all, Need{"Action", action.Owner + ": " + action.What + ", due on " + action.DueOn.Short() + ".", "An action is overdue.", "/actions", "Nudge"})
		}
	}
	for _, b := range s.Benefits {
		if b.Due {
			all = append(all, Need{"Benefit", b.Owner + ": review “" + b.Claim + "”, due on " + b.ReviewOn.Short() + ".", "A benefit is to be reviewed.", "/benefits/" + b.ID.String(), "Review it"})
		}
	}
	return all
}

// atGate is what the gate of a phase waits for; false while that is work.
func (s Seen) atGate(phase PhaseSeen) (Need, bool) {
	gate, path := "Gate "+strconv.Itoa(phase.Number), gatePath(phase.Number)
	switch {
	case phase.SignedAt != nil:
		return Need{}, false
	case phase.GoneWho:
		return Need{gate, phase.Who + ", who was to sign, has left the programme.", gate + ": who was to sign has left.", path, "Name another"}, true
	case phase.State == Next || !phase.tasksDone():
		return Need{}, false
	case len(phase.lacks()) > 0:
		return Need{gate, "Lacks evidence: " + strings.Join(phase.lacks(), ", ") + ".", gate + " lacks evidence.", path, "Give it"}, true
	case phase.Money && !s.Programme.Money.agreed():
		return Need{gate, "Waits for the purchase order.", gate + " waits for the purchase order.", path, "Look at it"}, true
	case phase.Unmet:
		return Need{gate, "Waits for a meeting with its quorum.", gate + " waits for a meeting with its quorum.", "/meetings", "See the meetings"}, true
	case phase.Who == "":
		return Need{gate, "Nobody is named to sign as " + phase.Approver.lower() + ".", gate + ": nobody is named to sign.", path, "Name somebody"}, true
	}
	return Need{gate, "Waits for the signature of " + phase.Who + ", " + phase.Approver.lower() + ".", gate + " waits for a signature.", path, "Look at it"}, true
}

// plain are the words of an open clash without a name.
func (c Clash) plain() string {
	return strings.ToUpper(c.Stage[:1]) + c.Stage[1:] + " has no " + c.role.lower() + "."
}

// tooLate is how many working days' delay make a programme red.
const tooLate = 10

// light says how the programme stands, why, and why without anybody's name.
func (s Seen) light() (light Light, why, plain string) {
	same := func(light Light, words string) (Light, string, string) { return light, words, words }
	switch {
	case s.Programme.EndedWhy != "":
		return Green, "It was ended early: " + s.Programme.EndedWhy, "It was ended early."
	case s.Programme.EndedAt != nil:
		return same(Green, "It has come to its end.")
	}
	for _, need := range s.Needs {
		if need.What == "Clash" {
			return Red, need.Words, need.plain
		}
	}
	late := "Go-live is likely to be " + ui.Count(s.Cast.Late, "working day", "working days") + " late."
	switch {
	case s.Cast.Late > tooLate:
		return same(Red, late)
	case s.Cast.Late > 0:
		return same(Amber, late)
	case len(s.Needs) > 0:
		return Amber, s.Needs[0].Words, s.Needs[0].plain
	}
	return same(Green, "It goes as planned.")
}
