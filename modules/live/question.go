package live

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostQuestions is how many a member may ask before one session.
const mostQuestions = 5

// QuestionState is what hosts do about a question.
type QuestionState string

// What hosts do about questions.
const (
	Unpicked QuestionState = "waiting"
	Taken    QuestionState = "taken"
	Answered QuestionState = "answered"
	SetAside QuestionState = "set_aside"
)

// Question is something that a member asks before a session. Author is left out
// where the question is anonymous and the reader a peer.
type Question struct {
	bun.BaseModel `bun:"table:live_questions,alias:question"`
	tenants.InService

	ID        uuid.UUID     `bun:"id,pk,type:uuid" json:"id"`
	SessionID uuid.UUID     `bun:"session_id,type:uuid" json:"-"`
	AuthorID  uuid.UUID     `bun:"author_id,type:uuid" json:"-"`
	Anonymous bool          `bun:"anonymous" json:"anonymous"`
	Body      string        `bun:"body" json:"body"`
	State     QuestionState `bun:"state" json:"state"`
	AskedAt   time.Time     `bun:"asked_at" json:"asked_at"`

	Author *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author,omitempty"`
	Mine   bool            `bun:"-" json:"mine"`
}

// Asking is a session with the questions that the actor may see.
type Asking struct {
	Session Session `json:"session"`
	// Questions are all of them for hosts and the team; for a member their own and
	// those that were picked.
	Questions []Question `json:"questions"`
	Steers    bool       `json:"steers"`
	// Shut says why the actor cannot ask; empty if they can.
	Shut string `json:"shut,omitempty"`
}

// Questions lists a session's questions.
func (l Live) Questions(ctx context.Context, s tenants.Scope, in ByID) (Asking, error) {
	x, err := find(ctx, s, in.ID)
	if err != nil {
		return Asking{}, err
	}
	out := Asking{Session: x, Steers: x.steers(s)}
	if out.Questions, err = questions(ctx, s, x); err != nil {
		return Asking{}, err
	}
	out.Shut = notAsking(s, x, out.Questions)
	return out, veil(ctx, s, &out.Session)
}

// questions are those that the actor may see, the first asked first.
func questions(ctx context.Context, s tenants.Scope, x Session) ([]Question, error) {
	var found []Question
	q := s.Select(&found).Relation("Author", tenants.Face).Where("question.session_id = ?", x.ID).Order("question.asked_at", "question.id")
	knows := x.steers(s)
	if !knows {
		q.ApplyQueryBuilder(s.Hearing("question.author_id")).Where("(question.author_id = ? OR question.state IN (?))", s.Actor.ID(), bun.List([]QuestionState{Taken, Answered}))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Mine = found[i].AuthorID == s.Actor.ID()
		if found[i].Anonymous && !knows && !found[i].Mine {
			found[i].Author, found[i].AuthorID = nil, uuid.Nil
		}
	}
	return found, nil
}

// notAsking says why the actor cannot ask a question now; empty if they can.
func notAsking(s tenants.Scope, x Session, asked []Question) string {
	own := 0
	for _, q := range asked {
		if q.Mine {
			own++
		}
	}
	switch {
	case !x.Questions:
		return "This session takes no questions beforehand. You can ask when it is open."
	case x.State == Open:
		return "The session is open. You can ask your question there."
	case !x.Before():
		return "This session is over, so it takes no more questions."
	case s.Actor.Member == nil:
		return "You are not a member of this service, so you cannot ask in it."
	case own >= mostQuestions:
		return fmt.Sprintf("You have asked %d questions, which is the most for one session. You can ask more when it is open.", own)
	}
	return ""
}

// Ask is a question beforehand.
type Ask struct {
	ID        uuid.UUID `path:"id"`
	Body      string    `json:"body" validate:"filled,max=1000" label:"your question"`
	Anonymous bool      `json:"anonymous,omitempty"`
}

// Ask asks a question before a session. Whoever asks is reminded of it.
func (l Live) Ask(ctx context.Context, s tenants.Scope, in Ask) (Asking, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Asking{}, err
	}
	before, err := questions(ctx, s, x)
	if err != nil {
		return Asking{}, err
	}
	if why := notAsking(s, x, before); why != "" {
		return Asking{}, fault.New(fault.Forbidden, why)
	}
	if in.Anonymous && !x.Anonymous {
		return Asking{}, fault.Bad("anonymous", "Questions to this session show who asks. You can ask without this tick, or not ask.")
	}
	row := Question{ID: uuid.Must(uuid.NewV7()), SessionID: x.ID, AuthorID: s.Actor.ID(), Anonymous: in.Anonymous, Body: strings.TrimSpace(in.Body), State: Unpicked, AskedAt: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Asking{}, err
	}
	text := safety.Text{Sort: questionSort, Module: key, Subject: row.ID, Author: row.AuthorID, Body: row.Body, Private: true}
	verdict, err := l.desk.Screen(ctx, s, text)
	if err != nil {
		return Asking{}, err
	}
	verdict.Hold = false // its hosts choose what is shown anyway
	if _, err := l.desk.Settle(ctx, s, text, verdict); err != nil {
		return Asking{}, err
	}
	if err := wants(ctx, s, x); err != nil {
		return Asking{}, err
	}
	var hosts []uuid.UUID
	for _, host := range x.Hosts {
		hosts = append(hosts, host.MemberID)
	}
	err = s.Emit(ctx, asked, tenants.Event{Module: key, Subject: row.ID, About: x.ID, Readers: tenants.NewIDs(hosts...), Audience: tenants.AudienceStaff})
	if err != nil {
		return Asking{}, err
	}
	return l.Questions(ctx, s, ByID{x.ID})
}

// Mark is what a host does about a question.
type Mark struct {
	ID       uuid.UUID     `path:"id"`
	Question uuid.UUID     `path:"question"`
	State    QuestionState `json:"state" validate:"required,oneof=waiting taken answered set_aside" label:"what to do"`
}

// Mark takes a question, says that it is answered, or sets it aside.
func (l Live) Mark(ctx context.Context, s tenants.Scope, in Mark) (Asking, error) {
	x, err := alone(ctx, s, in.ID)
	if err == nil {
		err = x.canSteer(s)
	}
	if err != nil {
		return Asking{}, err
	}
	err = tenants.Touched(s.Update((*Question)(nil)).Set("state = ?", in.State).Where("session_id = ?", x.ID).Where("id = ?", in.Question).Exec(ctx))
	if err != nil {
		return Asking{}, err
	}
	if x.State == Open {
		if err := x.sign(ctx, s); err != nil {
			return Asking{}, err
		}
	}
	if err := x.tell(ctx, s, changed, x.ID); err != nil {
		return Asking{}, err
	}
	return l.Questions(ctx, s, ByID{x.ID})
}

// only are the questions in one of these states.
func only(all []Question, states ...QuestionState) []Question {
	return slices.DeleteFunc(slices.Clone(all), func(q Question) bool { return !slices.Contains(states, q.State) })
}
