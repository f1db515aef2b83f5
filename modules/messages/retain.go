package messages

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// wordsGone stand where a message was that is kept no longer.
const wordsGone = "*This message is kept no longer.*"

// inOne is how many messages one unit of work lets go of.
const inOne = 200

// silence takes the words out of messages; the conversation keeps its order.
func silence(s tenants.Scope) *bun.UpdateQuery {
	var silent Message
	silent.Write(wordsGone)
	return s.Update((*Message)(nil)).Set("body = ?", silent.Body).Set("body_html = ?", silent.BodyHTML).Set("rendered_by = ?", silent.RenderedBy)
}

func forgetPictures(ctx context.Context, s tenants.Scope, pictures []Picture) error {
	if len(pictures) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(pictures))
	for i, p := range pictures {
		ids[i] = p.ID
	}
	_, err := s.Delete((*Picture)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// letters narrows to messages with the team that still have words.
func letters(s tenants.Scope, before time.Time, q *bun.SelectQuery) *bun.SelectQuery {
	held, column, trust := tenants.NotHeld(s, "member_id")
	return q.Where("message.created_at < ?", before).Where("message.body <> ?", wordsGone).
		Where("message.conversation_id IN (SELECT c.id FROM conversations AS c WHERE c.tenant_id = ? AND c.kind = 'team')", s.Trust().ID).
		Where("message.conversation_id IN (SELECT p.conversation_id FROM participants AS p WHERE p.tenant_id = ? AND "+held+")", s.Trust().ID, column, trust).
		Where("NOT EXISTS (SELECT 1 FROM message_reports AS r WHERE r.tenant_id = message.tenant_id AND r.conversation_id = message.conversation_id AND r.context LIKE '%' || message.id || '%')")
}

func (m Messages) countLetters(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := letters(s, before, s.Select((*Message)(nil))).Count(ctx)
	return int(n), err
}

func (m Messages) purgeLetters(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	var old []Message
	if err := letters(s, before, s.Select(&old)).Column("id").Order("message.created_at").Limit(inOne).Scan(ctx); err != nil {
		return 0, err
	}
	return len(old), m.letGo(ctx, s, old)
}

// letGo removes the words of messages, and their pictures: the bytes first, so
// that none is left behind with nobody who knows of it.
func (m Messages) letGo(ctx context.Context, s tenants.Scope, old []Message) error {
	if len(old) == 0 {
		return nil
	}
	if err := addPictures(ctx, s, old); err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(old))
	for i, one := range old {
		ids[i] = one.ID
		for _, p := range one.Pictures {
			if err := m.album.Files.Delete(ctx, p.File); err != nil {
				return err
			}
		}
		if err := forgetPictures(ctx, s, one.Pictures); err != nil {
			return err
		}
	}
	_, err := silence(s).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// oldReports narrows to reports that the team settled before, whoever is in them
// being under no legal hold.
func oldReports(s tenants.Scope, before time.Time, q *bun.SelectQuery) *bun.SelectQuery {
	author, column, trust := tenants.NotHeld(s, "m.author_id")
	settled, args := safety.SettledBefore(s, "report.message_id", before)
	q = q.Where("report.reported_at < ?", before).Where(settled, args...).
		Where("report.message_id IN (SELECT m.id FROM messages AS m WHERE m.tenant_id = ? AND "+author+")", s.Trust().ID, column, trust)
	reporter, column, trust := tenants.NotHeld(s, "report.reporter_id")
	return q.Where(reporter, column, trust)
}

func countReports(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := oldReports(s, before, s.Select((*Report)(nil))).Count(ctx)
	return int(n), err
}

// purgeReports removes old reports. Words of somebody
// who has left were kept for the report alone, and go with it.
func (m Messages) purgeReports(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	var old []Report
	if err := oldReports(s, before, s.Select(&old)).Order("report.reported_at").Limit(inOne).Scan(ctx); err != nil || len(old) == 0 {
		return 0, err
	}
	reports, in := make([]uuid.UUID, len(old)), make([]uuid.UUID, len(old))
	for i, r := range old {
		reports[i], in[i] = r.ID, r.ConversationID
	}
	if _, err := s.Delete((*Report)(nil)).Where("id IN (?)", bun.List(reports)).Exec(ctx); err != nil {
		return 0, err
	}
	var left []Message
	err := s.Select(&left).Where("message.conversation_id IN (?)", bun.List(in)).
		Where("message.author_id IN (SELECT p.id FROM members AS p JOIN leavings AS l ON l.tenant_id = p.tenant_id AND l.account_id = p.account_id WHERE p.tenant_id = ? AND l.state = 'done')", s.Trust().ID).
		Where("message.conversation_id NOT IN (SELECT c.id FROM conversations AS c WHERE c.tenant_id = ? AND c.kind = 'team')", s.Trust().ID).
		Where("NOT EXISTS (SELECT 1 FROM message_reports AS r WHERE r.tenant_id = message.tenant_id AND r.conversation_id = message.conversation_id AND r.context LIKE '%' || message.id || '%')").Scan(ctx)
	if err != nil {
		return 0, err
	}
	return len(old), m.letGo(ctx, s, left)
}
