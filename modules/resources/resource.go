package resources

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Sort is what an item is.
type Sort string

// The sorts.
const (
	Article      Sort = "article"
	Link         Sort = "link"
	File         Sort = "file"
	Organisation Sort = "organisation"
)

// sorts are all there are, with their words.
var sorts = []struct {
	Sort
	one, many, icon string
}{
	{Article, "Article", "Articles", "file-text"},
	{Link, "Link", "Links", "link"},
	{File, "File", "Files", "download"},
	{Organisation, "Organisation", "Organisations", "building-2"},
}

// State is where an item stands.
type State string

// The states.
const (
	Suggested State = "suggested" // waits for the team
	Published State = "published"
	Declined  State = "declined" // the team said no
	Archived  State = "archived" // taken out of the library
)

// Resource is an item of the library. It belongs to the service that looks
// after it; where Shared, all services of the trust show it.
type Resource struct {
	bun.BaseModel `bun:"table:resources,alias:resource"`
	tenants.InTrust

	ID     uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	HomeID uuid.UUID `bun:"service_id,type:uuid" json:"home"`
	Shared bool      `bun:"shared" json:"shared"`
	Kind   Sort      `bun:"kind" json:"kind"`
	State  State     `bun:"state" json:"state"`
	Words
	markdown.Rendered
	Labels    Tags   `bun:"tags" json:"tags"`
	File      string `bun:"file" json:"-"` // its key in storage
	FileType  string `bun:"file_type" json:"file_type,omitempty"`
	FileBytes int64  `bun:"file_bytes" json:"file_bytes,omitempty"`

	OwnerID     *uuid.UUID `bun:"owner_id,type:uuid" json:"-"`
	SuggestedBy *uuid.UUID `bun:"suggested_by,type:uuid" json:"-"`
	Answer      string     `bun:"answer" json:"answer,omitempty"` // the team's, to whoever suggested it
	ReviewAt    *time.Time `bun:"review_at" json:"review_at,omitempty"`
	RemindedAt  *time.Time `bun:"reminded_at" json:"-"`
	Version     int        `bun:"version" json:"version"`
	CreatedAt   time.Time  `bun:"created_at" json:"created_at"`
	ChangedAt   time.Time  `bun:"changed_at" json:"changed_at"`

	Owner     *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:owner_id=id" json:"owner,omitempty"`
	Suggester *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:suggested_by=id" json:"-"`
}

// Words are what an item says. Which of them it has depends on its sort.
type Words struct {
	Title       string `bun:"title" json:"title" validate:"filled,max=120" label:"a title"`
	Summary     string `bun:"summary" json:"summary,omitempty" validate:"max=300" label:"what it is good for"`
	Body        string `bun:"body" json:"body,omitempty" validate:"max=20000" label:"the text"`
	URL         string `bun:"url" json:"url,omitempty" validate:"max=500" label:"the address"`
	Area        string `bun:"area" json:"area,omitempty" validate:"max=120" label:"the area"`
	Phone       string `bun:"phone" json:"phone,omitempty" validate:"max=60" label:"the phone number"`
	Email       string `bun:"email" json:"email,omitempty" validate:"omitempty,email,max=200" label:"the email address"`
	Hours       string `bun:"hours" json:"hours,omitempty" validate:"max=200" label:"the opening hours"`
	Eligibility string `bun:"eligibility" json:"eligibility,omitempty" validate:"max=300" label:"whom they help"`
}

// fit keeps of the words what an item of the sort has. Invalid if it lacks what it needs.
func (w Words) fit(kind Sort) (Words, error) {
	for _, text := range []*string{&w.Title, &w.Summary, &w.Body, &w.URL, &w.Area, &w.Phone, &w.Email, &w.Hours, &w.Eligibility} {
		*text = strings.TrimSpace(*text)
	}
	out := Words{Title: w.Title, Summary: w.Summary}
	switch kind {
	case Article:
		if out.Body = w.Body; out.Body == "" {
			return out, fault.Bad("body", "Enter the text of the article.")
		}
	case Link:
		if out.URL = w.URL; out.URL == "" {
			return out, fault.Bad("url", "Enter the address that the link leads to.")
		}
	case Organisation:
		if out = w; w.Phone == "" && w.Email == "" && w.URL == "" {
			return out, fault.Bad("phone", "Enter a phone number, an email address or a website, so that people can reach them.")
		}
	}
	if out.URL != "" && !reachable(out.URL) {
		return out, fault.Bad("url", "Enter the whole address, such as https://www.example.org/page.")
	}
	return out, nil
}

// reachable tells whether an address can be a page of somebody's website.
func reachable(address string) bool {
	_, err := parse(address)
	return err == nil
}

// host is the website that a link leads to, to be shown before somebody follows it.
func (w Words) host() string {
	parsed, err := parse(w.URL)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(parsed.Hostname(), "www.")
}

// Write sets the words and what follows from them.
func (r *Resource) Write(w Words) {
	r.Words = w
	r.Rendered = markdown.Render(w.Body)
}

// HTML is the text, rendered and safe.
func (r Resource) HTML() string { return r.HTMLOf(r.Body) }

// canChange tells why s may not change the item; nil if they may.
func (r Resource) canChange(s tenants.Scope) error {
	switch {
	case r.HomeID != s.Service.ID:
		return fault.New(fault.Forbidden, "Another service of the trust looks after this. Ask its team to change it.")
	case r.Shared && !s.May("resources.share"):
		return fault.New(fault.Forbidden, "This is shared with the whole trust. Only a service lead or the trust’s administrators change it.")
	}
	return nil
}

// Tags are what an item can be found by.
type Tags = tenants.Labels

const mostTags = 8

// tagsOf reads what somebody typed: "Sleep, Feeding at night". Invalid if it cannot be.
func tagsOf(typed string) (tags Tags, err error) {
	for word := range strings.SplitSeq(typed, ",") {
		tag := strings.Join(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
		if tag == "" || slices.Contains(tags, tag) {
			continue
		}
		if len(tag) > 30 {
			return nil, fault.Bad("tags", "Each tag must be 30 characters or fewer.")
		}
		tags = append(tags, tag)
	}
	if len(tags) > mostTags {
		return nil, fault.Bad("tags", fmt.Sprintf("Enter at most %d tags.", mostTags))
	}
	slices.Sort(tags)
	return tags, nil
}

// tagName is a tag as people read it.
func tagName(tag string) string { return strings.ReplaceAll(tag, "-", " ") }

// Filter asks for a part of the library.
type Filter struct {
	Kind   Sort         `json:"kind,omitempty" validate:"omitempty,oneof=article link file organisation" label:"a kind"`
	Tag    string       `json:"tag,omitempty" validate:"omitempty,slug,max=30" label:"a tag"`
	Before posts.Cursor `json:"before,omitempty"`
}

// Library is a part of the library, what changed last first.
type Library struct {
	Kind       Sort       `json:"kind,omitempty"`
	Tag        string     `json:"tag,omitempty"`
	Categories []Category `json:"categories"` // also those that nothing is in yet
	Tags       Tags       `json:"tags"`       // all there are
	Resources  []Resource `json:"resources"`
	Older      string     `json:"older,omitempty"` // continues the list; empty at its end
	// Suggestions tells whether members may suggest something.
	Suggestions bool `json:"suggestions"`
}

const pageSize = 20

// List shows the service's items and those that the trust shares.
func (r Resources) List(ctx context.Context, s tenants.Scope, in Filter) (Library, error) {
	out := Library{Kind: in.Kind, Tag: in.Tag, Categories: categories(s), Suggestions: settings(s).Suggestions && s.May("resources.suggest")}
	var err error
	if out.Tags, err = allTags(ctx, s); err != nil {
		return out, err
	}
	if out.Resources, err = published(ctx, s, in); err != nil {
		return out, err
	}
	if len(out.Resources) > pageSize {
		out.Resources = out.Resources[:pageSize]
		last := out.Resources[pageSize-1]
		out.Older = posts.Cursor{At: last.ChangedAt, ID: last.ID}.String()
	}
	return out, nil
}

// ByID names an item.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Shown is an item as the actor sees it.
type Shown struct {
	Resource
	// Change says that the actor may change it.
	Change bool `json:"change"`
	// Mine is what the actor said of it: "yes", "no" or nothing.
	Mine string `json:"mine,omitempty"`
	// Votes are for the team.
	Votes *Votes `json:"votes,omitempty"`
}

// Votes are how many found an item helpful, and how many did not.
type Votes struct {
	Yes int `json:"yes"`
	No  int `json:"no"`
}

// Show is one item. What waits or was turned down is there for the team and for
// whoever suggested it, what was archived for the team.
func (r Resources) Show(ctx context.Context, s tenants.Scope, in ByID) (Shown, error) {
	row, err := find(ctx, s, in.ID)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Resource: row, Change: s.May("resources.curate") && row.canChange(s) == nil}
	if out.Mine, err = myVote(ctx, s, row.ID); err == nil && s.May("resources.curate") {
		out.Votes, err = votes(ctx, s, row.ID)
	}
	return out, err
}

// Helpful says whether an item helped.
type Helpful struct {
	ID      uuid.UUID `path:"id"`
	Helpful bool      `json:"helpful"`
}

// Vote keeps the actor's answer; another one takes its place.
func (r Resources) Vote(ctx context.Context, s tenants.Scope, in Helpful) (Shown, error) {
	row, err := find(ctx, s, in.ID)
	if err == nil && (row.State != Published || s.Actor.Member == nil) {
		err = fault.Missing()
	}
	if err == nil {
		err = keepVote(ctx, s, vote{ResourceID: row.ID, MemberID: s.Actor.ID(), Helpful: in.Helpful})
	}
	if err != nil {
		return Shown{}, err
	}
	return r.Show(ctx, s, ByID{row.ID})
}
