package posts

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Sort is the key of posts on the desk.
const Sort = "post"

// Waits is why a post waits for the team.
type Waits string

// Why it waits: what it says, what members said of it, or that the team asked its
// author to change it.
const (
	Caught   Waits = "caught"
	Flagged  Waits = "flagged"
	ToChange Waits = "asked"
)

var waitsWords = map[Waits]string{
	Caught:   "Thank you for writing this. Somebody of the team reads it before others do. Nothing is lost.",
	Flagged:  "Some members asked the team to look at this, so others do not see it until somebody has. That does not mean that you did anything wrong.",
	ToChange: "The team asks you to change this before others read it. Choose “Change” below; then the team looks again.",
}

// Waiting says to its author, or to the team, that the post waits for the team.
func (p Post) Waiting() string {
	switch {
	case p.State != Held:
		return ""
	case !p.own:
		return "This waits for the team. Until then only its writer and the team see it."
	}
	words, known := waitsWords[p.HeldFor]
	if !known {
		words = waitsWords[Caught]
	}
	if p.team != "" && p.HeldFor != ToChange {
		words += " " + p.team + "."
	}
	return words
}

// text is a post as the desk is asked about it.
func text(post Post) safety.Text {
	return safety.Text{Sort: Sort, Module: post.Module, Subject: post.ID, Author: post.AuthorID, Title: post.Title, Body: post.Body,
		Private: post.Audience == tenants.AudienceSelf, Edit: post.Version > 1}
}

// screen asks the desk about a post that is about to be stored, and has the post
// follow what it says. What its author alone can read stays theirs: they are shown
// whom to turn to, and nothing else follows.
func (k *Kernel) screen(ctx context.Context, s tenants.Scope, post *Post) (safety.Text, safety.Verdict, error) {
	said := text(*post)
	verdict, err := k.desk.Screen(ctx, s, said)
	if err != nil {
		return said, verdict, err
	}
	if said.Private {
		return said, safety.Verdict{Support: verdict.Support}, nil
	}
	if verdict.Hold && post.State == Visible {
		post.State, post.HeldFor = Held, Caught
	}
	if post.State == Held && said.Edit {
		verdict.Hold = true
		verdict.Findings = append(verdict.Findings, safety.Finding{Source: safety.ByTeam, Detail: "changed by its author", Level: safety.Amber, Hold: true})
		if post.HeldFor == ToChange {
			post.HeldFor = Caught
		}
	}
	if len(verdict.Topics) > 0 {
		post.Notes, post.Settled = post.Notes.With(verdict.Topics), true
	}
	return said, verdict, nil
}

// sort is a post as the desk has it.
func (k *Kernel) sort() safety.Sort {
	return safety.Sort{
		Key: Sort, Name: "post", Show: k.subject, Undo: k.undo, Hold: k.hold, Readers: k.readBy,
		Acts: map[safety.Act]func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error{
			safety.Approve: k.act(func(_ tenants.Scope, p *Post, _ *safety.Deed) error {
				if p.State == Removed {
					return fault.New(fault.Conflict, "This was taken down, so it cannot be shown.")
				}
				p.State, p.HeldFor = Visible, ""
				return nil
			}),
			safety.AskEdit: k.act(func(_ tenants.Scope, p *Post, _ *safety.Deed) error {
				if p.State == Removed {
					return fault.New(fault.Conflict, "This was taken down, so it cannot be changed.")
				}
				p.State, p.HeldFor = Held, ToChange
				return nil
			}),
			safety.Cover: k.act(func(s tenants.Scope, p *Post, d *safety.Deed) (err error) {
				if p.State == Removed {
					return fault.New(fault.Conflict, "This was taken down, so it cannot be shown.")
				}
				if len(d.Topics) == 0 {
					return fault.Bad("topics", "Choose at least one content note.")
				}
				if p.Notes, err = offered(s, p.Notes.With(Notes(d.Topics)), p.Notes); err != nil {
					return err
				}
				p.State, p.HeldFor, p.Settled = Visible, "", true
				return nil
			}),
			safety.Hide:   k.act(func(_ tenants.Scope, p *Post, _ *safety.Deed) error { p.State, p.HeldFor = Hidden, ""; return nil }),
			safety.Remove: k.act(func(_ tenants.Scope, p *Post, _ *safety.Deed) error { p.State, p.HeldFor = Removed, ""; return nil }),
			safety.Lock:   k.lockThread,
		},
	}
}

// stood is how a post stood before the team did something, and its version after.
type stood struct {
	State   State     `json:"state,omitempty"`
	HeldFor Waits     `json:"held_for,omitempty"`
	Notes   Notes     `json:"notes,omitempty"`
	Settled bool      `json:"settled,omitempty"`
	Version int       `json:"version,omitempty"`
	Locked  uuid.UUID `json:"locked,omitzero"` // the conversation that was closed, where that was done
}

// act changes how a post stands, and keeps with the deed what was.
func (k *Kernel) act(change func(s tenants.Scope, p *Post, d *safety.Deed) error) func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
	return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
		was, err := k.judged(ctx, s, id)
		if err != nil {
			return err
		}
		now := was
		if err := change(s, &now, d); err != nil {
			return err
		}
		before := stood{State: was.State, HeldFor: was.HeldFor, Notes: was.Notes, Settled: was.Settled, Version: was.Version}
		if now.State != was.State || now.HeldFor != was.HeldFor || now.Settled != was.Settled || !slices.Equal(now.Notes, was.Notes) {
			before.Version++
			if err := k.restate(ctx, s, was, &now); err != nil {
				return err
			}
		}
		return before.keep(d)
	}
}

func (b stood) keep(d *safety.Deed) error {
	text, err := json.Marshal(b)
	d.Before = string(text)
	return err
}

// judged reads a post that the team decides about, alone in its conversation.
func (k *Kernel) judged(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	post, err := k.forTeam(ctx, s, id)
	if err != nil {
		return Post{}, err
	}
	conversation := post.ID
	if post.IsReply() {
		conversation = *post.ParentID
	}
	if err := k.Alone(ctx, s, conversation); err != nil {
		return Post{}, err
	}
	return k.forTeam(ctx, s, id) // as it is now that nobody else is at it
}

// undo takes back what the team did. Conflict where the post changed meanwhile.
func (k *Kernel) undo(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
	var before stood
	if err := json.Unmarshal([]byte(d.Before), &before); err != nil {
		return err
	}
	was, err := k.judged(ctx, s, id)
	if err != nil {
		return err
	}
	if d.Act == safety.Lock {
		if before.Locked == uuid.Nil {
			return nil // it was closed before
		}
		_, err := k.locked(ctx, s, was, false)
		return err
	}
	if was.Version != before.Version {
		return fault.New(fault.Conflict, "This changed since, so it cannot be put back as it was. Look at it again and decide anew.")
	}
	now := was
	now.State, now.HeldFor, now.Notes, now.Settled = before.State, before.HeldFor, before.Notes, before.Settled
	if now.State == was.State && now.HeldFor == was.HeldFor && slices.Equal(now.Notes, was.Notes) {
		return nil
	}
	return k.restate(ctx, s, was, &now)
}

// lockThread closes the conversation that a post stands in.
func (k *Kernel) lockThread(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
	post, err := k.judged(ctx, s, id)
	if err != nil {
		return err
	}
	changed, err := k.locked(ctx, s, post, true)
	if err != nil {
		return err
	}
	before := stood{Version: post.Version}
	if changed {
		before.Locked = orID(post.ParentID, post.ID)
	}
	return before.keep(d)
}

func (k *Kernel) locked(ctx context.Context, s tenants.Scope, post Post, shut bool) (changed bool, err error) {
	root := post
	if post.IsReply() {
		if root, err = unseen(ctx, s, *post.ParentID); err != nil {
			return false, err
		}
	}
	kind := k.kinds[root.Kind]
	if kind.Lock == nil {
		return false, fault.Bad("act", "Only a thread of a forum can be closed to replies.")
	}
	return kind.Lock(ctx, s, root, shut)
}

func orID(id *uuid.UUID, or uuid.UUID) uuid.UUID {
	if id == nil {
		return or
	}
	return *id
}

// hold takes a post that others see out of their sight until the team has looked.
func (k *Kernel) hold(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	post, err := unseen(ctx, s, id)
	if err != nil {
		return err
	}
	if err := k.Alone(ctx, s, orID(post.ParentID, post.ID)); err != nil {
		return err
	}
	was, err := unseen(ctx, s, id)
	if err != nil || was.State != Visible {
		return err
	}
	now := was
	now.State, now.HeldFor = Held, Flagged
	if err := k.restate(ctx, s, was, &now); err != nil {
		return err
	}
	return s.Emit(ctx, heldBack, tenants.Event{Subject: was.ID, Readers: tenants.NewIDs(was.AuthorID)})
}

// restate writes how a post stands, with what follows: its conversation counts
// what is visible, and what comes into sight for the first time is published now.
func (k *Kernel) restate(ctx context.Context, s tenants.Scope, was Post, now *Post) error {
	columns := []string{"state", "held_for", "notes", "notes_settled"}
	shows := now.State == Visible && was.State != Visible
	var seen *version
	if shows {
		var err error
		if seen, err = lastSeen(ctx, s, was.ID); err != nil {
			return err
		}
		if seen == nil {
			now.PublishedAt = s.Now
			columns = append(columns, "published_at")
		}
	}
	if err := k.change(ctx, s, was, now, was.Version, columns...); err != nil {
		return err
	}
	if err := k.recounted(ctx, s, was, *now); err != nil || !shows {
		return err
	}
	return k.announce(ctx, s, now, seen)
}

// recounted keeps a conversation true when one of its replies comes into sight or
// goes out of it.
func (k *Kernel) recounted(ctx context.Context, s tenants.Scope, was, now Post) error {
	switch {
	case !now.IsReply() || (was.State == Visible) == (now.State == Visible):
		return nil
	case now.State == Visible:
		return k.fewer(ctx, s, *now.ParentID, -1)
	}
	return k.fewer(ctx, s, *now.ParentID, 1)
}

// announce tells of a post that came into sight: of all of it, or of those whom it
// names now and did not when it was last seen.
func (k *Kernel) announce(ctx context.Context, s tenants.Scope, post *Post, seen *version) error {
	var author tenants.Person
	if err := s.Select(&author).Where("person.id = ?", post.AuthorID).Scan(ctx); err != nil {
		return err
	}
	s = s.As(author)
	if seen != nil {
		fresh, err := k.mention(ctx, s, post, namesIn(seen.Body))
		if err != nil || len(fresh) == 0 {
			return err
		}
		return s.Emit(ctx, Mentioned, tenants.Event{Module: post.Module, Subject: post.ID, Readers: tenants.NewIDs(fresh...)})
	}
	if _, err := k.mention(ctx, s, post, nil); err != nil {
		return err
	}
	if post.IsReply() {
		return k.emit(ctx, s, Replied, *post)
	}
	return k.emit(ctx, s, Published, *post)
}

// subject is a post as the team sees it on the desk.
func (k *Kernel) subject(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	post, err := k.forTeam(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Title: post.Title, HTML: post.HTML(), Body: post.Body, Path: post.Path, Where: post.Where, State: stateWords[post.State],
		Author: post.Author, At: post.PublishedAt, Version: post.Version, Topics: post.Notes}
	if post.IsReply() {
		out.Where = "reply"
	}
	if post.State == Held && post.HeldFor == ToChange {
		out.State = "its author was asked to change it"
	}
	for _, image := range post.Images {
		out.Images = append(out.Images, safety.Picture{Src: "/pictures/" + image.ID.String(), Alt: image.Alt})
	}
	around, err := k.Around(ctx, s, post)
	for _, near := range around {
		out.Context = append(out.Context, safety.Subject{Title: near.Title, HTML: near.HTML(), Body: near.Body, Author: near.Author, At: near.PublishedAt})
	}
	return out, err
}

var stateWords = map[State]string{Visible: "others can see it", Held: "waits for the team", Hidden: "out of sight", Removed: "taken down"}
