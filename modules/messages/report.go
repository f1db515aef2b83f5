package messages

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Report is a message that a member asked the team to look at. It and those
// around it, by id, are all that the team can read of the conversation: the desk
// shows them.
type Report struct {
	bun.BaseModel `bun:"table:message_reports,alias:report"`
	tenants.InService

	ID             uuid.UUID   `bun:"id,pk,type:uuid" json:"id"`
	ConversationID uuid.UUID   `bun:"conversation_id,type:uuid" json:"-"`
	MessageID      uuid.UUID   `bun:"message_id,type:uuid" json:"message_id"`
	ReporterID     uuid.UUID   `bun:"reporter_id,type:uuid" json:"-"`
	Reason         string      `bun:"reason" json:"reason"`
	Context        tenants.IDs `bun:"context" json:"-"`
	ReportedAt     time.Time   `bun:"reported_at" json:"reported_at"`
}

// around is how many messages before and after the reported one go with it.
const around = 5

// About names a message of a conversation.
type About struct {
	ID      uuid.UUID `path:"id"`
	Message uuid.UUID `json:"message"`
}

// ReportForm is the message to report.
type ReportForm struct {
	Conversation uuid.UUID `json:"conversation_id"`
	Message      Message   `json:"message"`
}

// Reporting shows the message that the actor is about to report.
func (m Messages) Reporting(ctx context.Context, s tenants.Scope, in About) (ReportForm, error) {
	message, err := m.reportable(ctx, s, in)
	return ReportForm{in.ID, message}, err
}

func (m Messages) reportable(ctx context.Context, s tenants.Scope, in About) (Message, error) {
	t, err := find(ctx, s, in.ID, false)
	if err != nil {
		return Message{}, err
	}
	var rows []Message
	err = seen(s, &rows).Where("message.conversation_id = ?", t.ID).Where("message.id = ?", in.Message).Scan(ctx)
	if err == nil && (len(rows) == 0 || t.mine == nil || rows[0].AuthorID == s.Actor.ID()) {
		err = fault.Missing()
	}
	if err != nil {
		return Message{}, err
	}
	return rows[0], nil
}

// MakeReport is a report with what the member says of it.
type MakeReport struct {
	About
	Reason string `json:"reason" validate:"filled,max=1000" label:"what is wrong"`
}

// MakeReport reports a message to the team. Reporting it twice makes one report.
func (m Messages) MakeReport(ctx context.Context, s tenants.Scope, in MakeReport) (Where, error) {
	message, err := m.reportable(ctx, s, in.About)
	if err != nil {
		return Where{}, err
	}
	row := Report{ConversationID: in.ID, MessageID: message.ID, ReporterID: s.Actor.ID(), Reason: strings.TrimSpace(in.Reason), ReportedAt: s.Now}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Where{}, err
	}
	if row.Context, err = neighbours(ctx, s, message); err != nil {
		return Where{}, err
	}
	back := Where{"/" + s.Service.Slug + "/messages/" + in.ID.String() + "?reported=true"}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return back, nil // reported before
	}
	if err != nil {
		return Where{}, err
	}
	about := safety.About{Sort: sortKey, Subject: message.ID, Author: message.AuthorID}
	_, err = m.desk.Flag(ctx, s, about, safety.Finding{Detail: detail(row.Reason), Level: safety.Amber})
	return back, err
}

// neighbours are the ids of a message and of those around it that the actor can see.
func neighbours(ctx context.Context, s tenants.Scope, message Message) (tenants.IDs, error) {
	var before, next []Message
	in := func(rows *[]Message) *bun.SelectQuery {
		return seen(s, rows).Where("message.conversation_id = ?", message.ConversationID).Limit(around)
	}
	if err := in(&before).Where("message.seq < ?", message.Seq).Order("message.seq DESC").Scan(ctx); err != nil {
		return nil, err
	}
	if err := in(&next).Where("message.seq > ?", message.Seq).Order("message.seq").Scan(ctx); err != nil {
		return nil, err
	}
	all := []uuid.UUID{message.ID}
	for _, row := range slices.Concat(before, next) {
		all = append(all, row.ID)
	}
	return tenants.NewIDs(all...), nil
}
