package programmes

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByNumber names a gate.
type ByNumber struct {
	Place
	Number int `path:"number"`
}

// GatePage is a gate with all that it waits for.
type GatePage struct {
	Seen  `json:"-"`
	Phase PhaseSeen `json:"phase"`
	// Lacks say in words what keeps it shut, but for the signature.
	Lacks []string `json:"lacks"`
	Mine  bool     `json:"mine"` // who looks is the approver
	Back  bool     `json:"back"` // the signature can be taken back
	// Comments are what was said; filled for who reads.
	Comments []Comment `json:"comments"`
}

// Gate reads a gate.
func (p Programmes) Gate(ctx context.Context, s tenants.Scope, by By, in ByNumber) (GatePage, error) {
	w, err := load(ctx, s)
	if err != nil {
		return GatePage{}, err
	}
	out, err := w.gate(s, by, in.Number)
	if err != nil {
		return out, err
	}
	out.Comments, err = commentsOn(ctx, s, out.Phase.ID)
	return out, err
}

// SayAtGate is something to say about a gate.
type SayAtGate struct {
	Place
	Number int    `path:"number"`
	Words  string `json:"words" validate:"required,max=4000" label:"a few words"`
}

// CommentGate adds a comment to a gate.
func (p Programmes) CommentGate(ctx context.Context, s tenants.Scope, by By, in SayAtGate) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	phase, err := find(w.Phases, func(p Phase) bool { return p.Number == in.Number })
	if err != nil {
		return "", err
	}
	return gatePath(in.Number) + "#said", w.comment(ctx, s, by, phase.ID, in.Words)
}

func (w Whole) gate(s tenants.Scope, by By, number int) (GatePage, error) {
	seen, err := w.seen(s, by)
	if err != nil {
		return GatePage{}, err
	}
	phase, err := seen.phase(number)
	if err != nil {
		return GatePage{}, err
	}
	out := GatePage{Seen: seen, Phase: phase, Lacks: []string{}}
	if number > 1 && !w.signed(number-1) {
		out.Lacks = append(out.Lacks, "The gate before this one is not open.")
	}
	for _, task := range phase.Tasks {
		if task.DoneOn == "" {
			out.Lacks = append(out.Lacks, "The task “"+task.Name+"” is not done.")
		}
	}
	for _, name := range phase.lacks() {
		out.Lacks = append(out.Lacks, "“"+name+"” is not there yet.")
	}
	if phase.Money && !w.Money.agreed() {
		out.Lacks = append(out.Lacks, "The purchase order has not come.")
	}
	if phase.Unmet {
		out.Lacks = append(out.Lacks, "No meeting with its quorum was held in this phase.")
	}
	if approver, named := w.person(phase.ApproverID); named {
		out.Mine = by.lookup != "" && approver.EmailLookup == by.lookup && approver.LeftAt == nil
	}
	out.Back = phase.SignedAt != nil && !w.begun(number+1) && w.EndedAt == nil
	return out, nil
}

// begun tells whether something of a phase is done.
func (w Whole) begun(phase int) bool {
	return w.signed(phase) || slices.ContainsFunc(w.Tasks, func(t Task) bool { return t.Phase == phase && t.DoneOn != "" })
}

func gatePath(number int) string { return "/gates/" + strconv.Itoa(number) }

// NameApprover says who signs. Version is the one that was read.
type NameApprover struct {
	Place
	Number   int    `path:"number"`
	Version  int    `json:"version" validate:"gte=1" label:"the version"`
	Approver string `json:"approver" validate:"required,max=36" label:"who signs"`
}

// NameApprover names somebody of the gate's role. Links to sign that went to
// whoever was named before end.
func (p Programmes) NameApprover(ctx context.Context, s tenants.Scope, by By, in NameApprover) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	g, err := w.gate(s, by, in.Number)
	if err != nil {
		return "", err
	}
	row := g.Phase.Phase
	if row.SignedAt != nil {
		return "", fault.New(fault.Conflict, "This gate is open already.")
	}
	was := row.ApproverID
	if row.ApproverID, err = w.choose("approver", in.Approver, row.Approver); err != nil {
		return "", err
	}
	row.Version = in.Version + 1
	if err := put(ctx, s, &row, row.ID, in.Version, "approver_id"); err != nil {
		return "", err
	}
	if err := endLinks(ctx, s, row.ID, toSign); err != nil {
		return "", err
	}
	return gatePath(in.Number), note(ctx, s, by, "programme.approver", row.ID, was, row.ApproverID)
}

// Sign signs at a gate for whoever has signed in. Forbidden unless they are the
// approver that is named, by the address that they sign in with.
func (p Programmes) Sign(ctx context.Context, s tenants.Scope, by By, in ByNumber) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	g, err := w.gate(s, by, in.Number)
	if err != nil {
		return "", err
	}
	if !g.Mine {
		return "", fault.New(fault.Forbidden, "Only the person who is named can sign here.")
	}
	return gatePath(in.Number), w.sign(ctx, s, by, g)
}

// sign opens a gate. Conflict says what it lacks. The last gate ends the programme.
func (w Whole) sign(ctx context.Context, s tenants.Scope, by By, g GatePage) error {
	row := g.Phase.Phase
	switch {
	case row.SignedAt != nil:
		return fault.New(fault.Conflict, "This gate is open already.")
	case row.ApproverID == nil || g.Phase.GoneWho:
		return fault.New(fault.Conflict, "Nobody is named to sign here.")
	case len(g.Lacks) > 0:
		return fault.New(fault.Conflict, "This gate cannot open yet. "+strings.Join(g.Lacks, " "))
	}
	seen := row.Version
	row.SignedAt, row.SignedBy, row.Version = &s.Now, row.ApproverID, row.Version+1
	if err := put(ctx, s, &row, row.ID, seen, "signed_at", "signed_by"); err != nil {
		return err
	}
	if err := endLinks(ctx, s, row.ID, toSign); err != nil {
		return err
	}
	if row.Number == len(w.Phases) {
		w.EndedAt = &s.Now
		if err := set(ctx, s, &w.Programme, w.ID, "ended_at"); err != nil {
			return err
		}
	}
	return note(ctx, s, by, "programme.signed", row.ID, nil, row.SignedBy)
}

// TakeBack is why a signature does not hold.
type TakeBack struct {
	Place
	Number int    `path:"number"`
	Reason string `json:"reason" validate:"required,max=1000" label:"why it is taken back"`
}

// TakeBack shuts a gate again. Conflict once something of the next phase is done.
func (p Programmes) TakeBack(ctx context.Context, s tenants.Scope, by By, in TakeBack) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	g, err := w.gate(s, by, in.Number)
	if err != nil {
		return "", err
	}
	switch {
	case g.Phase.SignedAt == nil:
		return "", fault.New(fault.Conflict, "Nobody has signed here.")
	case !g.Back:
		return "", fault.New(fault.Conflict, "The next phase has begun, so this signature stands.")
	case by.Side == Trust && !g.Mine:
		return "", fault.New(fault.Forbidden, "Only whoever signed, or the people who run SHaRON, can take a signature back.")
	}
	row := g.Phase.Phase
	was, seen := row.SignedBy, row.Version
	row.SignedAt, row.SignedBy, row.Version = nil, nil, row.Version+1
	if err := put(ctx, s, &row, row.ID, seen, "signed_at", "signed_by"); err != nil {
		return "", err
	}
	if err := w.comment(ctx, s, by, row.ID, in.Reason); err != nil {
		return "", err
	}
	return gatePath(in.Number), note(ctx, s, by, "programme.taken_back", row.ID, was, in.Reason)
}

// numbered is the number of the phase with an id; 0 if there is none.
func (w Whole) numbered(id uuid.UUID) int {
	phase, err := find(w.Phases, func(p Phase) bool { return p.ID == id })
	if err != nil {
		return 0
	}
	return phase.Number
}
