package cases

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names a case.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// At is the case that was worked on.
type At struct {
	ID uuid.UUID `json:"id"`
}

// note adds to the timeline and tells the owner, if somebody else did it.
func note(ctx context.Context, s tenants.Scope, one safety.Case, what, words string, subject uuid.UUID) error {
	if err := one.Note(ctx, s, what, words, subject); err != nil || one.OwnerID == nil || *one.OwnerID == s.Actor.ID() {
		return err
	}
	return s.Emit(ctx, concerns, tenants.Event{Subject: *one.OwnerID, About: one.ID})
}

// tellLeads has the service's leads told that something happened to a case.
func tellLeads(ctx context.Context, s tenants.Scope, one safety.Case) error {
	ids, err := leads(ctx, s)
	if err != nil || one.Drill {
		return err
	}
	events := make([]tenants.Event, len(ids))
	for i, id := range ids {
		events[i] = tenants.Event{Subject: id, About: one.ID}
	}
	return s.EmitAll(ctx, concerns, events)
}

// tell makes the notice, unless they are not to work on that case.
func (c Cases) tell(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	found, err := people(ctx, s, []uuid.UUID{e.Subject})
	person := found[e.Subject]
	if err != nil || !works(s, &person) {
		return nil, err
	}
	if _, err := c.find(ctx, s.As(person), e.About); err != nil {
		if database.Missing(err) {
			err = nil
		}
		return nil, err
	}
	return []modules.Notice{{Kind: "case", To: []uuid.UUID{e.Subject}, Subject: e.ID, About: e.About, Path: "/cases/" + e.About.String()}}, nil
}

// changed has the counts of open cases worked out anew.
func changed(ctx context.Context, s tenants.Scope, one safety.Case) error {
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: one.ID, Audience: tenants.AudienceStaff})
}

// recount is changed, for a case that somebody or a rule has opened.
func recount(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: e.Subject, Audience: tenants.AudienceStaff})
}

// Have says that the actor has a case: nobody else is called for it any more. It
// also accepts a hand-over. Conflict if a colleague has it.
func (c Cases) Have(ctx context.Context, s tenants.Scope, in ByID) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	me := s.Actor.ID()
	mine, asked := one.OwnerID != nil && *one.OwnerID == me, one.AskedID != nil && *one.AskedID == me
	if mine && one.AskedID == nil {
		return At{one.ID}, nil
	}
	if one.OwnerID != nil && !mine && !asked {
		return At{}, fault.New(fault.Conflict, "A colleague has this case. They can hand it over to you.")
	}
	return At{one.ID}, c.take(ctx, s, &one)
}

// take makes the actor the owner. A drill is over with it.
func (c Cases) take(ctx context.Context, s tenants.Scope, one *safety.Case) error {
	me := s.Actor.ID()
	one.OwnerID, one.AskedID, one.AskedUntil = &me, nil, nil
	if one.AckedAt == nil {
		one.AckedAt = &s.Now
	}
	ladder, err := running(ctx, s, ofCase(one.ID))
	if err != nil {
		return err
	}
	if err := stop(ctx, s, one.ID); err != nil {
		return err
	}
	after := lasting(s.Now.Sub(one.OpenedAt))
	if err := one.Note(ctx, s, acknowledged, after+" after it was opened", uuid.Nil); err != nil {
		return err
	}
	if !one.Drill {
		return one.Put(ctx, s)
	}
	result := "Answered after " + after
	if len(ladder) > 0 {
		result += ", at the " + ordinal(len(ladder)) + " call (" + ladder[0].Name + ")"
	}
	return c.end(ctx, s, one, drillOver, result+".")
}

// Grade is another level, and why.
type Grade struct {
	ID     uuid.UUID    `path:"id"`
	Level  safety.Level `json:"level" validate:"required,oneof=crisis red amber green" label:"a level"`
	Reason string       `json:"reason" validate:"filled,max=2000" label:"why the level changes"`
}

// Grade changes the level of a case, and with it its clock. One that becomes
// urgent and that nobody has is called from then on.
func (c Cases) Grade(ctx context.Context, s tenants.Scope, in Grade) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	if one.Level == in.Level {
		return At{}, fault.Bad("level", "Choose another level. This case is "+strings.ToLower(in.Level.Name())+" already.")
	}
	was := one.Level
	one.Grade(s, in.Level)
	if !one.Level.Urgent() {
		if err := stop(ctx, s, one.ID); err != nil {
			return At{}, err
		}
	}
	if err := note(ctx, s, one, graded, "From "+strings.ToLower(was.Name())+" to "+strings.ToLower(in.Level.Name())+". "+strings.TrimSpace(in.Reason), uuid.Nil); err != nil {
		return At{}, err
	}
	return At{one.ID}, one.Put(ctx, s)
}

// Note is something to remember.
type Note struct {
	ID    uuid.UUID `path:"id"`
	Words string    `json:"words" validate:"filled,max=4000" label:"a note"`
}

// Note adds a note.
func (c Cases) Note(ctx context.Context, s tenants.Scope, in Note) (At, error) {
	return c.log(ctx, s, in.ID, noted, strings.TrimSpace(in.Words))
}

// Phoned is a call that the actor made.
type Phoned struct {
	ID   uuid.UUID `path:"id"`
	Whom string    `json:"whom" validate:"filled,max=200" label:"whom you called"`
	Came string    `json:"came" validate:"filled,max=2000" label:"what came of it"`
}

// Phone logs a call.
func (c Cases) Phone(ctx context.Context, s tenants.Scope, in Phoned) (At, error) {
	return c.log(ctx, s, in.ID, phoned, "To: "+strings.TrimSpace(in.Whom)+". What came of it: "+strings.TrimSpace(in.Came))
}

// Told is that the crisis team knows.
type Told struct {
	ID   uuid.UUID `path:"id"`
	Whom string    `json:"whom" validate:"filled,max=200" label:"the name of the person you told"`
	Time string    `json:"time" validate:"filled,max=20" label:"the time, such as 03:50"`
	Said string    `json:"said,omitempty" validate:"max=2000" label:"what you told them"`
}

// Tell logs that the crisis team was told.
func (c Cases) Tell(ctx context.Context, s tenants.Scope, in Told) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	at, err := time.Parse("15:04", strings.TrimSpace(in.Time))
	if err != nil {
		return At{}, fault.Bad("time", "Write the time like 03:50.")
	}
	words := strings.TrimSpace(in.Whom) + " at " + at.Format("15:04") + "."
	if said := strings.TrimSpace(in.Said); said != "" {
		words += " " + said
	}
	return At{one.ID}, note(ctx, s, one, told, words, uuid.Nil)
}

func (c Cases) log(ctx context.Context, s tenants.Scope, id uuid.UUID, what, words string) (At, error) {
	one, err := c.locked(ctx, s, id)
	if err != nil {
		return At{}, err
	}
	return At{one.ID}, note(ctx, s, one, what, words, uuid.Nil)
}

// Message is what the actor writes to the member.
type Message struct {
	ID   uuid.UUID `path:"id"`
	Body string    `json:"body" validate:"filled,max=10000" label:"your message"`
}

// Message writes to the member, from the actor. What was written is kept with the case.
func (c Cases) Message(ctx context.Context, s tenants.Scope, in Message) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	member, err := memberOf(ctx, s, one)
	if err != nil {
		return At{}, err
	}
	if !mayWrite(s) {
		return At{}, fault.New(fault.Forbidden, "Messages are not open to you in this service.")
	}
	if _, err := c.write(ctx, s, member.Handle, in.Body); err != nil {
		return At{}, err
	}
	return At{one.ID}, note(ctx, s, one, messaged, strings.TrimSpace(in.Body), uuid.Nil)
}

func mayWrite(s tenants.Scope) bool { return s.Service.Open("messages") && s.May("messages.write") }

// memberOf is whom the case is about. Conflict if nobody, or they are gone.
func memberOf(ctx context.Context, s tenants.Scope, one safety.Case) (tenants.Person, error) {
	found, err := people(ctx, s, []uuid.UUID{one.MemberID})
	member, ok := found[one.MemberID]
	if err == nil && (!ok || member.Status != "active") {
		err = fault.New(fault.Conflict, "The member of this case is not here any more.")
	}
	return member, err
}

// Way is where a browser goes.
type Way struct {
	Path string `json:"path"`
}

// Identity leads to where the actor can see who the member is, who asks for the
// reason and keeps it; that they went is kept here.
func (c Cases) Identity(ctx context.Context, s tenants.Scope, in ByID) (Way, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return Way{}, err
	}
	if !s.May("identities.read") {
		return Way{}, fault.New(fault.Forbidden, "A clinician of the team can see who a member is.")
	}
	member, err := memberOf(ctx, s, one)
	if err != nil {
		return Way{}, err
	}
	return Way{"/" + s.Service.Slug + "/people/" + member.HandleKey + "/identity"}, note(ctx, s, one, identified, "The reason is with the look-up.", uuid.Nil)
}

// Linking is something that belongs to a case.
type Linking struct {
	ID      uuid.UUID `path:"id"`
	Address string    `json:"address" validate:"filled,max=500" label:"the address of a post or another thing"`
}

// Link adds a thing to a case; added again, nothing changes.
func (c Cases) Link(ctx context.Context, s tenants.Scope, in Linking) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	sort, subject, _, err := c.thing(ctx, s, in.Address)
	if err != nil {
		return At{}, err
	}
	return At{one.ID}, link(ctx, s, one, sort, subject)
}

var anID = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// thing finds what an address is of. Invalid, about "address", if the actor cannot
// see such a thing.
func (c Cases) thing(ctx context.Context, s tenants.Scope, address string) (sort safety.Sort, id uuid.UUID, what safety.Subject, err error) {
	ids := anID.FindAllString(address, -1)
	if len(ids) > 0 {
		id = uuid.MustParse(ids[len(ids)-1])
		sort, what, err = c.desk.Find(ctx, s, id)
	}
	if len(ids) == 0 || database.Missing(err) {
		err = fault.Bad("address", "We could not find that. Paste the address of a post, as your browser shows it.")
	}
	return sort, id, what, err
}

func link(ctx context.Context, s tenants.Scope, one safety.Case, sort safety.Sort, subject uuid.UUID) error {
	row := Link{CaseID: one.ID, SubjectID: subject, Sort: sort.Key, LinkedAt: s.Now, LinkedBy: s.Actor.ID()}
	err := tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return nil // it was there
	}
	if err != nil {
		return err
	}
	return note(ctx, s, one, linked, "A "+sort.Name, subject)
}
