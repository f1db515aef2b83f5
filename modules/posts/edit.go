package posts

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names a post in an address.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Edit is a change of the words. Version is the one that the writer saw: when
// another edit came between, nothing is overwritten.
type Edit struct {
	ID      uuid.UUID `path:"id"`
	Title   string    `json:"title,omitempty" validate:"max=150" label:"a title"`
	Body    string    `json:"body" validate:"filled,max=10000" label:"your words"`
	Version int       `json:"version" validate:"required" label:"the version"`
	Extras
}

// version is what a post was before a change.
type version struct {
	bun.BaseModel `bun:"table:post_versions,alias:version"`
	tenants.InService

	PostID    uuid.UUID        `bun:"post_id,pk,type:uuid" json:"-"`
	Version   int              `bun:"version,pk" json:"version"`
	Title     string           `bun:"title" json:"title,omitempty"`
	Body      string           `bun:"body" json:"body"`
	Audience  tenants.Audience `bun:"audience" json:"audience"`
	State     State            `bun:"state" json:"state"`
	Notes     Notes            `bun:"notes" json:"notes,omitempty"`
	Images    []Image          `bun:"images,type:jsonb,nullzero" json:"images,omitempty"`
	ChangedBy uuid.UUID        `bun:"changed_by,type:uuid" json:"-"`
	ChangedAt time.Time        `bun:"changed_at" json:"changed_at"`

	By *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:changed_by=id" json:"by"`
}

// EditOf names a post to change.
type EditOf struct {
	ID uuid.UUID `path:"id"`
	Written
}

// Editing is a post for its writer to change.
type Editing struct {
	Post Post `json:"post"`
	Desk Desk `json:"desk"`
}

// Editing reads a post for its writer to change.
func (k *Kernel) Editing(ctx context.Context, s tenants.Scope, in EditOf) (Editing, error) {
	post, err := k.editable(ctx, s, in.ID)
	if err != nil {
		return Editing{}, err
	}
	out := Editing{Post: post}
	if out.Desk, err = k.Desk(ctx, s, editing, post.ID, in.Written); err != nil {
		return Editing{}, err
	}
	out.Desk.Topics = Topics(s, post.Notes)
	if post.Settled {
		out.Desk.Settled = post.Notes
	}
	if out.Desk.Draft == nil { // begin with what it says
		out.Desk.Draft = &Saved{Kind: editing, AboutID: post.ID, Title: post.Title, Body: post.Body, Notes: post.Notes, Images: post.Images}
	}
	return out, nil
}

func (k *Kernel) editable(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	post, err := k.find(ctx, s, id)
	if err != nil {
		return Post{}, err
	}
	return post, post.CanEdit(s)
}

// Edit changes the words of the actor's own post and keeps what was.
// Conflict if it changed since Version.
func (k *Kernel) Edit(ctx context.Context, s tenants.Scope, in Edit) (Done, error) {
	post, err := k.editable(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	if post.Title != "" && strings.TrimSpace(in.Title) == "" {
		return Done{}, fault.Bad("title", "Enter a title.")
	}
	if post.Title == "" {
		in.Title = ""
	}
	if kind := k.kinds[post.Kind]; kind.Fits != nil {
		if err := kind.Fits(s, in.Body); err != nil {
			return Done{}, err
		}
	}
	was := post
	post.Write(strings.TrimSpace(in.Title), strings.TrimSpace(in.Body))
	post.EditedAt = &s.Now
	if in.Notes != nil {
		if post.Notes, err = offered(s, in.Notes, was.Notes); err != nil {
			return Done{}, err
		}
	}
	if was.Settled {
		post.Notes = post.Notes.With(was.Notes)
	}
	if in.Pictures != nil || in.Files != nil {
		if post.Images, err = pictured(ctx, s, in.Extras, post.ID); err != nil {
			return Done{}, err
		}
	}
	if err := kindly(s, post, in.AsIs); err != nil {
		return Done{}, err
	}
	if err := k.Alone(ctx, s, orID(post.ParentID, post.ID)); err != nil {
		return Done{}, err
	}
	post.Version = in.Version + 1
	said, verdict, err := k.screen(ctx, s, &post)
	if err != nil {
		return Done{}, err
	}
	columns := []string{"title", "body", "body_html", "rendered_by", "edited_at", "notes", "notes_settled", "images", "state", "held_for"}
	if err := k.change(ctx, s, was, &post, in.Version, columns...); err != nil {
		return Done{}, err
	}
	if err := k.recounted(ctx, s, was, post); err != nil {
		return Done{}, err
	}
	if _, err := k.desk.Settle(ctx, s, said, verdict); err != nil {
		return Done{}, err
	}
	if err := attach(ctx, s, post.ID, post.Images); err != nil {
		return Done{}, err
	}
	if in.Draft {
		if err := dropOf(ctx, s, editing, post.ID); err != nil {
			return Done{}, err
		}
	}
	fresh, err := k.mention(ctx, s, &post, was.Mentions)
	if err == nil && len(fresh) > 0 {
		err = s.Emit(ctx, Mentioned, tenants.Event{Module: post.Module, Subject: post.ID, Readers: tenants.NewIDs(fresh...)})
	}
	return Done{post, back(s, "", post)}, err
}

// Remove takes a post down. Its words are kept for the team. A second time
// changes nothing and leads to the same place.
func (k *Kernel) Remove(ctx context.Context, s tenants.Scope, in ByID) (Done, error) {
	post, err := k.removable(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	path, conversation := "/"+s.Service.Slug, post.ID
	if post.IsReply() {
		path, conversation = path+"/posts/"+post.ParentID.String(), *post.ParentID
	}
	if err := k.Alone(ctx, s, conversation); err != nil {
		return Done{}, err
	}
	if post, err = k.removable(ctx, s, in.ID); err != nil { // as it is now that nobody else is at it
		return Done{}, err
	}
	out := Done{Post: post, Path: path}
	if post.State == Removed {
		return out, nil
	}
	out.Post.State, out.Post.HeldFor = Removed, ""
	if err := k.restate(ctx, s, post, &out.Post); err != nil {
		return out, err
	}
	if post.AuthorID != s.Actor.ID() {
		if err := s.Audit(ctx, "posts.remove", tenants.Audited{Subject: post.ID}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Withdraw takes down a post of the actor's because its room says so, also where
// that room is closed. A second time changes nothing.
func (k *Kernel) Withdraw(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	if err := k.Alone(ctx, s, id); err != nil {
		return err
	}
	post, err := unseen(ctx, s, id)
	if err != nil || post.State == Removed {
		return err
	}
	now := post
	now.State, now.HeldFor = Removed, ""
	return k.restate(ctx, s, post, &now)
}

// IsRemoved tells whether a post was taken down.
func (k *Kernel) IsRemoved(ctx context.Context, s tenants.Scope, id uuid.UUID) (bool, error) {
	post, err := unseen(ctx, s, id)
	return post.State == Removed, err
}

// Removing reads a post for whoever may take it down.
func (k *Kernel) Removing(ctx context.Context, s tenants.Scope, in ByID) (Post, error) {
	post, err := k.removable(ctx, s, in.ID)
	if err == nil && post.State == Removed {
		err = fault.Missing()
	}
	return post, err
}

// removable finds a post that the actor may take down: one that they can read,
// or, also where it is out of sight already, one of their own or of a moderator's.
func (k *Kernel) removable(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	post, err := k.find(ctx, s, id)
	if database.Missing(err) {
		q := s.Select(&post).Where(inRooms, bun.List(k.openRooms(s))).Relation("Author").Relation("Place").Where("post.id = ?", id)
		if s.May("posts.moderate") {
			q.Where("(post.author_id = ? OR post.audience IN (?))", s.Actor.ID(), bun.List(s.Actor.Roles.Audiences()))
		} else {
			q.Where("post.author_id = ?", s.Actor.ID())
		}
		err = q.Scan(ctx)
		k.Dress(s, &post)
	}
	if err != nil {
		return Post{}, err
	}
	return post, post.CanRemove(s)
}

// change writes the named columns of a post if it is still of the version that
// was seen, and keeps what it was before.
func (k *Kernel) change(ctx context.Context, s tenants.Scope, was Post, now *Post, seen int, columns ...string) error {
	now.Version = seen + 1
	result, err := s.Update(now).Column(append(columns, "version")...).Where("post.id = ?", was.ID).Where("post.version = ?", seen).Exec(ctx)
	if err := tenants.Fresh(result, err); err != nil {
		return err
	}
	kept := version{PostID: was.ID, Version: was.Version, Title: was.Title, Body: was.Body, Audience: was.Audience, State: was.State, Notes: was.Notes, Images: was.Images, ChangedBy: s.Actor.ID(), ChangedAt: s.Now}
	_, err = s.Insert(&kept).Exec(ctx)
	return err
}

// History is what a post said before, for the team.
type History struct {
	Post     Post      `json:"post"`
	Versions []version `json:"versions"`
}

// History lists the versions of a post, the latest first, also of one taken
// down. That somebody read them is in the audit log.
func (k *Kernel) History(ctx context.Context, s tenants.Scope, in ByID) (out History, err error) {
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if out, err = k.history(ctx, s, in); err != nil {
			return err
		}
		return s.Audit(ctx, "posts.history", tenants.Audited{Subject: in.ID})
	})
	return out, err
}

func (k *Kernel) history(ctx context.Context, s tenants.Scope, in ByID) (History, error) {
	var out History
	var err error
	if out.Post, err = k.forTeam(ctx, s, in.ID); err != nil {
		return History{}, err
	}
	err = s.Select(&out.Versions).Relation("By").Where("version.post_id = ?", in.ID).Order("version.version DESC").Scan(ctx)
	return out, err
}

// forTeam reads a post as the team may look at it: not through Seen, also where
// it was taken down, and whatever covers it.
func (k *Kernel) forTeam(ctx context.Context, s tenants.Scope, id uuid.UUID) (post Post, err error) {
	err = s.Select(&post).Where(inRooms, bun.List(k.openRooms(s))).Relation("Author").Relation("Place").Where("post.id = ?", id).
		Where("post.audience IN (?)", bun.List(s.Actor.Roles.Audiences())).Scan(ctx)
	k.Dress(s, &post)
	post.open = true
	return post, err
}

// Show is the page of a post, or the way to where it stands.
type Show struct {
	Asked
	// Open says that the reader wants to see what is covered.
	Open bool `json:"open,omitempty"`
}

// Shown is a post with its replies.
type Shown struct {
	Thread
	elsewhere string
}

// Elsewhere is where a browser is sent instead: a post that has a page of its
// own, or a reply that stands on its root's.
func (s Shown) Elsewhere() string { return s.elsewhere }

// Show reads a post by its permanent link.
func (k *Kernel) Show(ctx context.Context, s tenants.Scope, in Show) (Shown, error) {
	post, err := k.find(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	post.open = post.open || in.Open
	if post.IsReply() {
		root, err := k.find(ctx, s, *post.ParentID)
		return Shown{Thread: Thread{Root: root, Replies: []Post{post}}, elsewhere: inThread(s, root, post, root.Replies > PageSize)}, err
	}
	out := Shown{}
	if post.Path != "/posts/"+post.ID.String() {
		out.elsewhere = "/" + s.Service.Slug + post.Path
		if s.Client.Browser && web.Refused(ctx) == nil { // a refused reply is shown here, with its words
			return out, nil
		}
	}
	out.Thread, err = k.Thread(ctx, s, post, in.Asked)
	return out, err
}

// Actions are what somebody can do about a post.
type Actions struct {
	Post         Post `json:"post"`
	conversation string
}

// Actions reads a post for whoever wants to do something about it.
func (k *Kernel) Actions(ctx context.Context, s tenants.Scope, in ByID) (Actions, error) {
	post, err := k.find(ctx, s, in.ID)
	if err != nil || !post.IsReply() {
		return Actions{post, post.Path}, err
	}
	root, err := k.find(ctx, s, *post.ParentID)
	return Actions{post, root.Path}, err
}

// Move puts a post and its replies in another place of the same room.
func (k *Kernel) Move(ctx context.Context, s tenants.Scope, root Post, to Place) error {
	_, err := s.Update((*Post)(nil)).Set("place_id = ?", to.ID).Where("(id = ? OR parent_id = ?)", root.ID, root.ID).Exec(ctx)
	return err
}
