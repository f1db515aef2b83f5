// Package posts is the content kernel: everything that a member publishes is a
// post, whichever room it is in. Audiences, edits, reactions, replies and the
// timeline's query are written here once, and work in every room.
package posts

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

// State is whether others can see a post.
type State string

// The states of moderation.
const (
	Visible State = "visible"
	Held    State = "held"    // waits for a moderator; its author sees it
	Hidden  State = "hidden"  // taken out of sight by a moderator
	Removed State = "removed" // deleted by its author or a moderator; the words are kept for staff
)

// Post is anything that a member publishes.
type Post struct {
	bun.BaseModel `bun:"table:posts,alias:post"`
	tenants.InService

	ID       uuid.UUID        `bun:"id,pk,type:uuid" json:"id"`
	Kind     string           `bun:"kind" json:"kind"`
	Module   string           `bun:"module" json:"-"`
	PlaceID  uuid.UUID        `bun:"place_id,type:uuid" json:"place_id"`
	AuthorID uuid.UUID        `bun:"author_id,type:uuid" json:"-"`
	ParentID *uuid.UUID       `bun:"parent_id,type:uuid" json:"parent_id,omitempty"`
	QuotesID *uuid.UUID       `bun:"quotes_id,type:uuid" json:"quotes_id,omitempty"`
	Audience tenants.Audience `bun:"audience" json:"audience"`
	// CircleID is whose friends read it, where the audience is friends.
	CircleID *uuid.UUID `bun:"circle_id,type:uuid" json:"-"`
	State    State      `bun:"state" json:"state"`
	HeldFor  Waits      `bun:"held_for" json:"-"`
	Title    string     `bun:"title" json:"title,omitempty"`
	Body     string     `bun:"body" json:"body"`
	markdown.Rendered
	// Mentions are those named in it who may read it.
	Mentions    tenants.Labels `bun:"mentions" json:"mentions,omitempty"`
	Version     int            `bun:"version" json:"version"`
	WithYou     int            `bun:"with_you" json:"with_you"`
	Hug         int            `bun:"hug" json:"hug"`
	ThankYou    int            `bun:"thank_you" json:"thank_you"`
	Hope        int            `bun:"hope" json:"hope"`
	Replies     int            `bun:"replies" json:"replies"`
	PublishedAt time.Time      `bun:"published_at" json:"published_at"`
	EditedAt    *time.Time     `bun:"edited_at" json:"edited_at,omitempty"`
	Notes       Notes          `bun:"notes" json:"notes,omitempty"`
	Settled     bool           `bun:"notes_settled" json:"-"` // by the team: its author takes no note away
	Images      []Image        `bun:"images,type:jsonb,nullzero" json:"images,omitempty"`

	Author *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author,omitempty"`
	Place  *Place          `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:place_id=id" json:"place,omitempty"`
	Quotes *Post           `bun:"-" json:"quotes,omitempty"`

	// Path is where the post is shown, below the service; Where says in words what place that is.
	Path  string `bun:"-" json:"path"`
	Where string `bun:"-" json:"where"`
	// MyReaction is the viewer's, empty for none.
	MyReaction string `bun:"my_reaction,scanonly" json:"my_reaction,omitempty"`
	// Word is the viewer's own, for which it is covered until they open it.
	Word string `bun:"-" json:"covered_for,omitempty"`
	// Unwanted says that it should be in no list of the viewer's.
	Unwanted bool `bun:"-" json:"-"`
	looked   bool // for the viewer's own words
	// Following tells whether the viewer follows it.
	Following bool `bun:"following,scanonly" json:"following,omitempty"`
	// Drafting tells whether the viewer has begun a reply to it.
	Drafting bool `bun:"drafting,scanonly" json:"-"`
	// Veiled is Covered, for the API: then title, words and pictures are left out.
	Veiled bool `bun:"-" json:"covered,omitempty"`

	open      bool     // to this reader, whatever its notes
	own       bool     // the reader wrote it
	team      string   // when the team is here, for what waits
	topics    []string // its notes in words
	countless bool     // this reader wants no counts
	brief     bool     // in a list
}

// MarshalJSON implements json.Marshaler. What is covered is not in it.
func (p Post) MarshalJSON() ([]byte, error) {
	type plain Post
	if p.Veiled = p.Covered(); p.Veiled {
		p.Title, p.Body, p.Images = "", "", nil
	}
	return json.Marshal(plain(p))
}

// HTML is the body, rendered and safe.
func (p Post) HTML() string { return p.HTMLOf(p.Body) }

// Write sets the words of a post and what follows from them.
func (p *Post) Write(title, body string) {
	p.Title, p.Body, p.Rendered = title, body, markdown.Render(body)
}

// called is the post in somebody's sentence.
func (p Post) called(reader uuid.UUID) string {
	what := "post"
	if p.IsReply() {
		what = "reply"
	}
	switch {
	case p.Title != "" && !p.Covered():
		return "“" + p.Title + "”"
	case p.AuthorID == reader:
		return "your " + what
	case p.Author != nil:
		return p.Author.Handle + "’s " + what
	}
	return "a " + what
}

// beginning is how a long post begins, for a list; false where a list shows all of it.
func (p Post) beginning() (string, bool) {
	const most = 320
	if !p.brief {
		return "", false
	}
	words := []rune(markdown.Text(p.HTML()))
	if len(words) <= most {
		return "", false
	}
	start := string(words[:most])
	if at := strings.LastIndexByte(start, ' '); at > most/2 {
		start = start[:at]
	}
	return start + "…", true
}

// ShowsCounts tells whether the reader wants to know how many reacted and replied.
func (p Post) ShowsCounts() bool { return !p.countless }

// IsReply tells whether it stands below another post.
func (p Post) IsReply() bool { return p.ParentID != nil }

// CanEdit tells why s may not change the words; nil if they may.
func (p Post) CanEdit(s tenants.Scope) error {
	if p.AuthorID != s.Actor.ID() {
		return fault.New(fault.Forbidden, "Only the person who wrote this can change it.")
	}
	return nil
}

// CanRemove tells why s may not take the post down; nil if they may.
func (p Post) CanRemove(s tenants.Scope) error {
	if p.AuthorID == s.Actor.ID() || s.May("posts.moderate") {
		return nil
	}
	return fault.New(fault.Forbidden, "Only the person who wrote this, or the team, can take it down.")
}

// Place is where posts are gathered: a board, somebody's wall, a blog. The room
// that owns it names itself in Module.
type Place struct {
	bun.BaseModel `bun:"table:places,alias:place"`
	tenants.InService

	ID         uuid.UUID        `bun:"id,pk,type:uuid" json:"id"`
	Module     string           `bun:"module" json:"module"`
	Slug       string           `bun:"slug" json:"slug"`
	Name       string           `bun:"name" json:"name"`
	About      string           `bun:"about" json:"about"`
	OwnerID    *uuid.UUID       `bun:"owner_id,type:uuid" json:"owner_id,omitempty"`
	Audience   tenants.Audience `bun:"audience" json:"audience"`
	WhoMayPost WhoMayPost       `bun:"who_may_post" json:"who_may_post"`
	Position   int              `bun:"position" json:"position"`
	Version    int              `bun:"version" json:"version,omitempty"`
	CreatedAt  time.Time        `bun:"created_at" json:"created_at,omitzero"`

	Owner *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:owner_id=id" json:"owner,omitempty"`
}

// WhoMayPost says who may begin something in a place. Replying is for everybody who can read.
type WhoMayPost string

// Who may post.
const (
	PostMembers WhoMayPost = "members"
	PostOwner   WhoMayPost = "owner" // and nobody else
	PostStaff   WhoMayPost = "staff"
)

// CanPost tells why s may not begin a post here; nil if they may.
func (p Place) CanPost(s tenants.Scope) error {
	owner := p.OwnerID != nil && *p.OwnerID == s.Actor.ID()
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so you cannot post in it.")
	case owner, p.WhoMayPost == PostMembers, p.WhoMayPost == PostStaff && s.Actor.Roles.Staff():
		return nil
	case p.WhoMayPost == PostOwner:
		return fault.New(fault.Forbidden, "Only its owner posts here. You can still reply.")
	}
	return fault.New(fault.Forbidden, "Only the team posts here. You can still reply.")
}

// CanRead tells whether somebody with these roles may enter a place.
func (p Place) CanRead(s tenants.Scope) bool {
	if p.OwnerID != nil && *p.OwnerID == s.Actor.ID() {
		return true
	}
	for _, audience := range s.Actor.Roles.Audiences() {
		if audience == p.Audience {
			return true
		}
	}
	return false
}

// Kind is what a room tells the kernel about its sort of post.
type Kind struct {
	Key    string // stored in Post.Kind
	Module string // key of the room
	Name   string // "thread", for sentences
	// Path is the post's page below the service.
	Path func(p Post) string
	// Where says in words where the post stands; p.Place and p.Author are filled.
	Where func(p Post) string
	// Replying runs in the transaction of a reply of the actor's, at s.Now: it keeps
	// what the room knows of the conversation, or tells why there are no replies
	// just now, which undoes all. Nil if the room keeps nothing and has no say.
	Replying func(ctx context.Context, s tenants.Scope, root Post) error
	// Unreplied runs in the transaction in which replies went out of sight or came
	// into it, but for new ones: it works out anew what the room knows.
	Unreplied func(ctx context.Context, s tenants.Scope, root Post) error
	// Lock closes a conversation to replies or opens it; changed tells whether it was
	// not so before. Nil if that cannot be.
	Lock func(ctx context.Context, s tenants.Scope, root Post, shut bool) (changed bool, err error)
	// Unasked is the condition, over post, that nobody waits for a reply to it; empty
	// where somebody always may.
	Unasked string
	// Spot says where a member writes such a post on, about being the one that the
	// room gave with its Desk. Nil if nothing is begun in this room.
	Spot func(ctx context.Context, s tenants.Scope, about uuid.UUID) (Spot, error)
	// Fits tells what is wrong with a text, new or changed; nil if the room has no rule.
	Fits func(s tenants.Scope, body string) error
	// Due publishes, as its writer, a draft that was given to Schedule and whose time
	// has come. What it refuses goes back among their drafts. Nil if nothing waits.
	Due func(ctx context.Context, s tenants.Scope, draft Saved) error
	// ReadBy are those who read a conversation since a time, where the room keeps that;
	// nil has the kernel keep for two days who opened it.
	ReadBy func(ctx context.Context, s tenants.Scope, root uuid.UUID, since time.Time) ([]uuid.UUID, error)
	// Brief has lists show only how a long post begins.
	Brief bool
}

// Reply is the kind of everything below another post.
const Reply = "reply"

// Kernel keeps the kinds of all rooms.
type Kernel struct {
	album   album.Album
	uploads uploads.Uploads
	desk    *safety.Desk
	kinds   map[string]Kind
	opened  []func(ctx context.Context, s tenants.Scope, root uuid.UUID) error
}

// NewKernel returns a kernel that knows no room yet; files keep the pictures, and
// desk is asked about what is said.
func NewKernel(files *storage.Files, desk *safety.Desk) *Kernel {
	k := &Kernel{album: album.Album{Files: files}, desk: desk, kinds: map[string]Kind{},
		uploads: uploads.Uploads{Files: files, Table: "post_pictures", Columns: []string{"file", "small_file"}}}
	desk.Register(k.sort())
	desk.Watch(figures)
	return k
}

// Register makes a room's kind known. Rooms call it when they are made.
func (k *Kernel) Register(kind Kind) { k.kinds[kind.Key] = kind }

// WhenOpened has fn run in the unit of work in which somebody opens a post with
// its replies. It must be quick; what it writes belongs in Scope.After.
func (k *Kernel) WhenOpened(fn func(ctx context.Context, s tenants.Scope, root uuid.UUID) error) {
	k.opened = append(k.opened, fn)
}

// Dress fills in, as the actor sees them, what is not in the posts' own rows:
// where each is shown, what its room says of that, and what covers it.
func (k *Kernel) Dress(s tenants.Scope, all ...*Post) {
	taste := tasteOf(s)
	for _, p := range all {
		k.place(p)
		if p.own = p.AuthorID == s.Actor.ID(); p.own && p.State == Held {
			_, p.team = s.Service.Staffing(s.Now)
		}
		p.countless, p.brief = taste.HideCounts, k.kinds[p.Kind].Brief
		p.open = p.AuthorID == s.Actor.ID() || !slices.ContainsFunc(p.Notes, func(key string) bool { return taste.Topics[key] != ShowIt })
		p.topics = nil
		for _, key := range p.Notes {
			if topic, known := s.Service.Topic(key); known {
				p.topics = append(p.topics, topic.Name)
			}
		}
	}
}

// place says where a post is shown. A reply is shown on its root's page, which it
// cannot know: its own address leads there.
func (k *Kernel) place(p *Post) {
	kind, ok := k.kinds[p.Kind]
	if !ok || p.IsReply() {
		p.Path = "/posts/" + p.ID.String()
		return
	}
	p.Path = kind.Path(*p)
	if p.Place != nil && kind.Where != nil {
		p.Where = kind.Where(*p)
	}
}

// Rooms are those of some rooms in which there are posts.
func (k *Kernel) Rooms(among []modules.Module) []modules.Module {
	return slices.DeleteFunc(slices.Clone(among), func(room modules.Module) bool {
		for _, kind := range k.kinds {
			if kind.Module == room.Key {
				return false
			}
		}
		return true
	})
}
