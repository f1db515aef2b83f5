package safety

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// What happens at the desk. The subject is the item or the case; About is what
// an item is of. They are for the team.
var (
	Raised     = tenants.Kind{Key: "desk.raised", Queue: jobs.Safety}
	Changed    = tenants.Kind{Key: "desk.changed"}
	CaseOpened = tenants.Kind{Key: "cases.opened", Queue: jobs.Safety}
	CaseNoted  = tenants.Kind{Key: "cases.noted"}
	// Decided has the deed as its subject and the item as its about. It waits until the
	// decision can no longer be undone before anybody was told.
	Decided = tenants.Kind{Key: "desk.decided", Queue: jobs.Safety}
)

// Item is something that somebody of the team must look at. A subject has one
// open item at most.
type Item struct {
	bun.BaseModel `bun:"table:desk_items,alias:item"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	Sort      string     `bun:"sort" json:"sort"`
	SubjectID uuid.UUID  `bun:"subject_id,type:uuid" json:"subject_id"`
	AuthorID  uuid.UUID  `bun:"author_id,type:uuid,nullzero" json:"-"` // zero for nobody
	Level     Level      `bun:"level" json:"level"`
	Held      bool       `bun:"held" json:"held"`
	CaseID    *uuid.UUID `bun:"case_id,type:uuid" json:"case_id,omitempty"`
	RaisedAt  time.Time  `bun:"raised_at" json:"raised_at"`
	DueAt     time.Time  `bun:"due_at" json:"due_at"`
	// HolderID is who has it, since when.
	HolderID *uuid.UUID `bun:"holder_id,type:uuid" json:"-"`
	TakenAt  *time.Time `bun:"taken_at" json:"taken_at,omitempty"`
	// RespondedAt is when somebody of the team first took it or decided it.
	RespondedAt *time.Time `bun:"responded_at" json:"responded_at,omitempty"`
	DecidedAt   *time.Time `bun:"decided_at" json:"decided_at,omitempty"`
	DecidedBy   *uuid.UUID `bun:"decided_by,type:uuid" json:"-"`
	Act         Act        `bun:"act" json:"act,omitempty"`
	Version     int        `bun:"version" json:"version"`

	Author  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author,omitempty"`
	Holder  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:holder_id=id" json:"holder,omitempty"`
	Decider *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:decided_by=id" json:"decided_by,omitempty"`
	Marks   []Mark          `bun:"-" json:"marks,omitempty"`
}

// Mark is why an item is on the desk: one finding.
type Mark struct {
	bun.BaseModel `bun:"table:desk_marks,alias:mark"`
	tenants.InService

	ID     uuid.UUID `bun:"id,pk,type:uuid" json:"-"`
	ItemID uuid.UUID `bun:"item_id,type:uuid" json:"-"`
	Source Source    `bun:"source" json:"source"`
	Detail string    `bun:"detail" json:"detail,omitempty"`
	Level  Level     `bun:"level" json:"level"`
	ByID   uuid.UUID `bun:"by_id,type:uuid,nullzero" json:"-"` // the member who reported it
	At     time.Time `bun:"at" json:"at"`
}

// Deed is what somebody did about an item. Rows are added; only that a deed was
// undone is written on it.
type Deed struct {
	bun.BaseModel `bun:"table:desk_deeds,alias:deed"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ItemID   uuid.UUID  `bun:"item_id,type:uuid" json:"-"`
	ActorID  uuid.UUID  `bun:"actor_id,type:uuid,nullzero" json:"-"`
	Act      Act        `bun:"act" json:"act"`             // or "take", "hand", "leave", "undo"
	Rule     string     `bun:"rule" json:"rule,omitempty"` // that was broken, in words
	Reason   string     `bun:"reason" json:"reason,omitempty"`
	Words    string     `bun:"words" json:"words,omitempty"` // to the author
	Topics   Topics     `bun:"topics" json:"topics,omitempty"`
	Before   string     `bun:"before" json:"-"` // what Undo needs, as the sort wrote it
	ToID     uuid.UUID  `bun:"to_id,type:uuid,nullzero" json:"-"`
	At       time.Time  `bun:"at" json:"at"`
	UndoneAt *time.Time `bun:"undone_at" json:"undone_at,omitempty"`

	Actor *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:actor_id=id" json:"actor,omitempty"`
	To    *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:to_id=id" json:"to,omitempty"`
}

// Topics are keys of content notes.
type Topics = tenants.Labels

// openItem locks the open item of a subject, or a new one; fresh tells which.
func openItem(ctx context.Context, s tenants.Scope, about About) (item *Item, fresh bool, err error) {
	item = &Item{ID: uuid.Must(uuid.NewV7()), Sort: about.Sort, SubjectID: about.Subject, AuthorID: about.Author, Level: Green, RaisedAt: s.Now, DueAt: s.Now, Version: 1}
	id := item.ID
	if _, err := s.Insert(item).On("CONFLICT DO NOTHING").Exec(ctx); err != nil { // whoever is second waits for the first, and finds theirs
		return nil, false, err
	}
	item = new(Item)
	err = s.Lock(item).Where("item.sort = ?", about.Sort).Where("item.subject_id = ?", about.Subject).Where("item.decided_at IS NULL").Scan(ctx)
	return item, item.ID == id, err
}

// ItemOf reads an item.
func ItemOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (item Item, err error) {
	return item, s.Select(&item).Where("item.id = ?", id).Scan(ctx)
}

// TakeItem reads an item that this unit of work is about to change.
func TakeItem(ctx context.Context, s tenants.Scope, id uuid.UUID) (item Item, err error) {
	return item, s.Lock(&item).Where("item.id = ?", id).Scan(ctx)
}

// DeedOf reads a deed.
func DeedOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (deed Deed, err error) {
	return deed, s.Select(&deed).Where("deed.id = ?", id).Scan(ctx)
}

// Undone notes that a deed was taken back. NotFound if it was before.
func (d Deed) Undone(ctx context.Context, s tenants.Scope) error {
	return tenants.Touched(s.Update((*Deed)(nil)).Set("undone_at = ?", s.Now).Where("deed.id = ?", d.ID).Where("deed.undone_at IS NULL").Exec(ctx))
}

// Put writes a changed item. Conflict if it changed since it was read.
func (i *Item) Put(ctx context.Context, s tenants.Scope) error {
	i.Version++
	return tenants.Fresh(s.Update(i).ExcludeColumn("tenant_id", "service_id", "id").Where("item.id = ?", i.ID).Where("item.version = ?", i.Version-1).Exec(ctx))
}

func mark(ctx context.Context, s tenants.Scope, item *Item, findings []Finding) error {
	rows := make([]Mark, len(findings))
	for i, f := range findings {
		rows[i] = Mark{ID: uuid.Must(uuid.NewV7()), ItemID: item.ID, Source: f.Source, Detail: f.Detail, Level: f.Level, ByID: f.By, At: s.Now}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tenants.InsertAll(s, rows).Exec(ctx)
	return err
}

var sourceNames = map[Source][2]string{
	ByTerm: {"Watched term", "%d watched terms"}, ByFigure: {"Numbers", "%d numbers"}, ByFlag: {"1 member", "%d members"},
	ByMode: {"Service rule", "Service rules"}, ByRate: {"Rate rule", "Rate rules"}, Unanswered: {"Nobody answered", "Nobody answered"},
	ByRequest: {"Asked for help", "Asked for help %d times"}, ByMeasure: {"A measure", "%d measures"}, ByDrill: {"Drill", "Drill"}, ByTeam: {"The team", "The team"},
	ByAppeal: {"An appeal", "An appeal"}, ByStrikes: {"Strikes", "Strikes"}, ByCheckIn: {"A check-in", "%d check-ins"},
}

// Name is the source in words.
func (x Source) Name() string {
	if x == ByFlag {
		return "Reported by members"
	}
	return sourceNames[x][0]
}

// why counts sources and says each once, in the order in which they came.
func why(n int, at func(i int) (Source, string)) string {
	var order []Source
	counts, details := map[Source]int{}, map[Source]string{}
	for i := range n {
		source, detail := at(i)
		if counts[source]++; counts[source] == 1 {
			order = append(order, source)
		}
		details[source] = detail
	}
	var words []string
	for _, source := range order {
		names, count := sourceNames[source], counts[source]
		switch {
		case count > 1 && strings.Contains(names[1], "%d"):
			words = append(words, fmt.Sprintf(names[1], count))
		case count == 1 && details[source] != "" && source != ByFlag:
			words = append(words, names[0]+": "+details[source])
		default:
			words = append(words, names[0])
		}
	}
	return strings.Join(words, ", ")
}

// Why says in a line why the item is on the desk.
func (i Item) Why() string {
	return why(len(i.Marks), func(n int) (Source, string) { return i.Marks[n].Source, i.Marks[n].Detail })
}

// Had tells whether the actor has an item of one of these subjects, or did
// something about one: nobody else at the desk reads what is private.
func Had(ctx context.Context, s tenants.Scope, subjects ...uuid.UUID) (bool, error) {
	if len(subjects) == 0 || s.Actor.Member == nil {
		return false, nil
	}
	return s.Select((*Item)(nil)).Where("item.subject_id IN (?)", bun.List(subjects)).
		Where("(item.holder_id = ? OR EXISTS (SELECT 1 FROM desk_deeds AS d WHERE d.tenant_id = item.tenant_id AND d.item_id = item.id AND d.actor_id = ?))", s.Actor.ID(), s.Actor.ID()).Exists(ctx)
}

// SettledBefore is the condition that nothing of a subject is on the desk, or was
// decided there since a time.
func SettledBefore(s tenants.Scope, subject string, before time.Time) (string, []any) {
	return "NOT EXISTS (SELECT 1 FROM desk_items AS i WHERE i.tenant_id = ? AND i.subject_id = " + subject + " AND (i.decided_at IS NULL OR i.decided_at >= ?))", []any{s.Trust().ID, before}
}
