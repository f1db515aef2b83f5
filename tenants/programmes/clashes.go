package programmes

import (
	"slices"

	"github.com/google/uuid"
)

// Stage is a part of a programme for which key players must be there.
type Stage struct {
	Name     string
	From, To Day
}

// Player is a stakeholder as far as the calendar is concerned.
type Player struct {
	ID       uuid.UUID
	Name     string
	Role     Role
	Required bool
}

// Away is when somebody is not there, the last day included. Cover is who stands
// in for them; zero for nobody.
type Away struct {
	ID, Person, Cover uuid.UUID
	From, To          Day
}

// Days are holidays, or the NHS year end.
type Days struct {
	Name     string
	From, To Day
}

// Clash is that somebody, or many, are away when they are needed.
type Clash struct {
	Stage string `json:"stage"`
	From  Day    `json:"from"` // the days of the stage
	To    Day    `json:"to"`
	Words string `json:"words"`
	// Away is the absence; zero for holidays of many.
	Away  uuid.UUID `json:"away,omitzero"`
	Could []Choice  `json:"could,omitempty"` // who might cover
	// Open says that a required person is away and nobody covers.
	Open bool `json:"open"`
	role Role // of who is away
}

// Choice is somebody to choose.
type Choice struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// meets is the part of days that two spans have in common; false if there is none.
func meets(aFrom, aTo, bFrom, bTo Day) (from, to Day, ok bool) {
	from, to = max(aFrom, bFrom), min(aTo, bTo)
	return from, to, from <= to && from != ""
}

// clashes finds who is away in which stage, in the order of the stages, and who
// could stand in: others of the same role who are there themselves.
func clashes(stages []Stage, players []Player, away []Away, days []Days) (all []Clash) {
	for _, stage := range stages {
		for _, a := range away {
			from, to, ok := meets(stage.From, stage.To, a.From, a.To)
			at := slices.IndexFunc(players, func(p Player) bool { return p.ID == a.Person })
			if !ok || at < 0 {
				continue
			}
			who := players[at]
			clash := Clash{Stage: stage.Name, From: from, To: to, Away: a.ID, role: who.Role, Could: stand(who, players, away, from, to)}
			clash.Words = who.Name + ", " + who.Role.lower() + ", is away " + between(a.From, a.To)
			switch cover := slices.IndexFunc(players, func(p Player) bool { return p.ID == a.Cover && present(p, away, from, to) }); {
			case cover >= 0:
				clash.Words += ". " + players[cover].Name + " covers " + stage.Name + "."
			case len(clash.Could) > 0:
				clash.Open = who.Required
				clash.Words += ": " + stage.Name + " has no " + who.Role.lower() + " unless somebody covers."
			default:
				clash.Open = who.Required
				clash.Words += ": " + stage.Name + " has no " + who.Role.lower() + "."
			}
			all = append(all, clash)
		}
		for _, d := range days {
			if from, to, ok := meets(stage.From, stage.To, d.From, d.To); ok {
				all = append(all, Clash{Stage: stage.Name, From: from, To: to, Words: d.Name + ", " + between(d.From, d.To) + ", falls into " + stage.Name + "."})
			}
		}
	}
	return all
}

// stand are those who could stand in for somebody.
func stand(who Player, players []Player, away []Away, from, to Day) (could []Choice) {
	for _, p := range players {
		if p.ID != who.ID && p.Role == who.Role && present(p, away, from, to) {
			could = append(could, Choice{p.ID, p.Name})
		}
	}
	return could
}

func present(p Player, away []Away, from, to Day) bool {
	return !slices.ContainsFunc(away, func(a Away) bool {
		_, _, gone := meets(from, to, a.From, a.To)
		return a.Person == p.ID && gone
	})
}

// between are two days in words.
func between(from, to Day) string {
	if from == to {
		return "on " + from.Short()
	}
	return from.Short() + " to " + to.Short()
}
