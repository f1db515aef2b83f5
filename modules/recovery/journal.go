package recovery

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Entry is something that a member wrote into their journal. Nobody else reads it:
// no page, command or task of the team's does, whatever the reason.
type Entry struct {
	bun.BaseModel `bun:"table:recovery_entries,alias:entry"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Sealed    string     `bun:"entry_sealed" json:"-"`
	WrittenAt time.Time  `bun:"written_at" json:"written_at"`
	EditedAt  *time.Time `bun:"edited_at" json:"edited_at,omitempty"`
	Version   int        `bun:"version" json:"version"`

	EntryWords `bun:"-"`
}

// EntryWords is what an entry says. Prompt is what was asked, empty for nothing.
type EntryWords struct {
	Prompt string `json:"prompt,omitempty" validate:"max=300"`
	Words  string `json:"words" validate:"filled,max=20000" label:"something"`
}

// has tells whether a text stands in it, however it is spelt.
func (x EntryWords) has(text string) bool {
	return strings.Contains(strings.ToLower(x.Prompt+"\n"+x.Words), strings.ToLower(text))
}

// Find asks for a part of the journal, or for what has some words.
type Find struct {
	Q      string       `json:"q,omitempty" validate:"max=100"`
	Before posts.Cursor `json:"before,omitzero"`
}

// Journal is some of the actor's, the latest first.
type Journal struct {
	Q       string   `json:"q,omitempty"`
	Entries []Entry  `json:"entries"`
	Older   string   `json:"older,omitempty"`
	Prompts []string `json:"prompts"`
}

// Journal lists the actor's own entries, or finds those with some words.
func (r Recovery) Journal(ctx context.Context, s tenants.Scope, in Find) (Journal, error) {
	out := Journal{Q: strings.TrimSpace(in.Q)}
	prompts, err := promptsOf(ctx, s)
	if err != nil {
		return out, err
	}
	out.Prompts = prompts.lines()
	if out.Q == "" {
		out.Entries, err = r.entries(ctx, s, s.Actor.ID(), in.Before, pageSize+1)
	} else {
		out.Entries, err = r.entries(ctx, s, s.Actor.ID(), in.Before, 0)
		out.Entries = slices.DeleteFunc(out.Entries, func(e Entry) bool { return !e.has(out.Q) })
	}
	if len(out.Entries) > pageSize {
		out.Entries = out.Entries[:pageSize]
		last := out.Entries[pageSize-1]
		out.Older = posts.Cursor{At: last.WrittenAt, ID: last.ID}.String()
	}
	return out, err
}

// Asked is what a new page is to begin with: a prompt, by its number from 1, or what
// another app on the member's device shares with this one.
type Asked struct {
	Prompt int    `json:"prompt,omitempty"`
	Title  string `json:"title,omitempty" validate:"max=20000" label:"the title"`
	Text   string `json:"text,omitempty" validate:"max=20000" label:"the text"`
	URL    string `json:"url,omitempty" validate:"max=20000" label:"the address"`
}

// mostShared is how much of it a page takes, in characters: as much as it can hold.
const mostShared = 20000

// shared is what another app shares, as somebody would have typed it: each thing
// once. An address must be that of a website.
func (x Asked) shared() string {
	if !website(x.URL) {
		x.URL = ""
	}
	words := ""
	for _, one := range []string{x.Title, x.Text, x.URL} {
		if one = strings.TrimSpace(one); !strings.Contains(words, one) {
			words = strings.TrimSpace(words + "\n\n" + one)
		}
	}
	all := []rune(words)
	return string(all[:min(len(all), mostShared)])
}

func website(address string) bool {
	at, err := url.Parse(strings.TrimSpace(address))
	return err == nil && (at.Scheme == "https" || at.Scheme == "http") && at.Host != ""
}

// Page is what a new entry begins with.
type Page struct {
	Prompt string `json:"prompt,omitempty"`
	Shared string `json:"shared,omitempty"` // by another app
}

// NewEntry is a page to write on. What another app shares stands on it; nothing is
// kept until its writer keeps it.
func (r Recovery) NewEntry(ctx context.Context, s tenants.Scope, in Asked) (Page, error) {
	out := Page{Shared: in.shared()}
	prompts, err := promptsOf(ctx, s)
	if lines := prompts.lines(); in.Prompt > 0 && in.Prompt <= len(lines) {
		out.Prompt = lines[in.Prompt-1]
	}
	return out, err
}

// Write adds an entry. Where its words say that its writer may be in danger they are
// shown whom to turn to; nobody else is told, for nobody else may read it.
func (r Recovery) Write(ctx context.Context, s tenants.Scope, in EntryWords) (Entry, error) {
	if err := owned(s); err != nil {
		return Entry{}, err
	}
	one := Entry{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), WrittenAt: s.Now, Version: 1, EntryWords: in}
	var err error
	if one.Sealed, err = r.seal(in, one.ID); err != nil {
		return Entry{}, err
	}
	if _, err := s.Insert(&one).Exec(ctx); err != nil {
		return Entry{}, err
	}
	return one, r.comfort(ctx, s, in.Words)
}

// Entry reads one of the actor's own.
func (r Recovery) Entry(ctx context.Context, s tenants.Scope, in ByID) (one Entry, err error) {
	if err := s.Select(&one).Where("entry.id = ?", in.ID).Where("entry.member_id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return Entry{}, err
	}
	return one, r.open(one.Sealed, one.ID, &one.EntryWords)
}

// Rewrite is an entry in other words.
type Rewrite struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	EntryWords
}

// Rewrite changes one of the actor's own. Conflict if it changed since it was read.
func (r Recovery) Rewrite(ctx context.Context, s tenants.Scope, in Rewrite) (Entry, error) {
	one, err := r.Entry(ctx, s, ByID{in.ID})
	if err != nil {
		return Entry{}, err
	}
	one.EntryWords, one.EditedAt, one.Version = in.EntryWords, &s.Now, in.Version+1
	if one.Sealed, err = r.seal(in.EntryWords, one.ID); err != nil {
		return Entry{}, err
	}
	err = tenants.Fresh(s.Update(&one).Column("entry_sealed", "edited_at", "version").
		Where("entry.id = ?", one.ID).Where("entry.version = ?", in.Version).Exec(ctx))
	if err != nil {
		return Entry{}, err
	}
	return one, r.comfort(ctx, s, in.Words)
}

// RemoveEntry removes one of the actor's own.
func (r Recovery) RemoveEntry(ctx context.Context, s tenants.Scope, in ByID) (Gone, error) {
	err := tenants.Touched(s.Delete((*Entry)(nil)).Where("id = ?", in.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
	return Gone{err == nil}, err
}
