package messages

import (
	"context"
	"fmt"
	"path"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members.
func (m Messages) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "messages", Name: "Your messages", About: "What you wrote to other members, with its pictures, whom you blocked, and your choices."},
			{Key: "team-letters", Name: "Messages with the team", About: "What you and your service’s team wrote to each other.", Days: 8 * 365, Least: 2 * 365, Most: 20 * 365,
				Stays: "They belong to the record of your care, which the trust has to keep.", Count: m.countLetters, Purge: m.purgeLetters},
			{Key: "reports", Name: "Reports", About: "Messages that somebody asked the team to look at.", Days: 8 * 365, Least: 365, Most: 20 * 365,
				Stays: "They show how the team kept people safe.", Count: countReports, Purge: m.purgeReports},
		},
		Export: m.export, Files: m.filesOf, Erase: m.erase,
	}
}

func (m Messages) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var sent []Message
	if err := s.Select(&sent).Where("message.author_id = ?", person.ID).Order("message.created_at").Scan(ctx); err != nil {
		return err
	}
	if err := addPictures(ctx, s, sent); err != nil {
		return err
	}
	for _, one := range sent {
		item := tenants.Item{At: one.CreatedAt, Words: one.Body}
		for _, p := range one.Pictures {
			item.Pictures = append(item.Pictures, tenants.CopyPicture{File: path.Base(p.File), Alt: p.Alt, Key: p.File, Type: p.Type})
		}
		into.Add("Messages that you sent", item)
	}
	var made []Report
	if err := s.Select(&made).Where("report.reporter_id = ?", person.ID).Order("report.reported_at").Scan(ctx); err != nil {
		return err
	}
	for _, report := range made {
		into.Add("Messages that you reported", tenants.Item{At: report.ReportedAt, Words: report.Reason})
	}
	var chosen []choice
	err := s.Select(&chosen).Where("choice.member_id = ?", person.ID).Scan(ctx)
	for _, c := range chosen {
		into.Add("Choices about messages", tenants.Item{Facts: []tenants.Fact{
			{Name: "Others see that I read", Value: fmt.Sprint(c.Receipts)}, {Name: "Others see that I am here", Value: fmt.Sprint(c.Presence)},
		}})
	}
	return err
}

// goes narrows to the messages that leave with their author: not those with the
// team, nor those that are part of a report.
const goes = `author_id = ? AND conversation_id NOT IN (SELECT c.id FROM conversations AS c WHERE c.tenant_id = ? AND c.kind = 'team')
	AND NOT EXISTS (SELECT 1 FROM message_reports AS r WHERE r.tenant_id = message.tenant_id AND r.conversation_id = message.conversation_id AND r.context LIKE '%' || message.id || '%')`

func going(ctx context.Context, s tenants.Scope, author uuid.UUID) ([]Picture, error) {
	var pictures []Picture
	err := s.Select(&pictures).Where("picture.message_id IN (SELECT message.id FROM messages AS message WHERE message.tenant_id = ? AND "+goes+")", s.Trust().ID, author, s.Trust().ID).Scan(ctx)
	return pictures, err
}

func (m Messages) filesOf(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) ([]string, error) {
	pictures, err := going(ctx, s, person.ID)
	files := make([]string, len(pictures))
	for i, p := range pictures {
		files[i] = p.File
	}
	return files, err
}

// erase takes the words out of a member's messages, whatever they choose for what
// they wrote for everybody: these were for few.
func (m Messages) erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	pictures, err := going(ctx, s, person.ID)
	if err != nil {
		return err
	}
	if err := forgetPictures(ctx, s, pictures); err != nil {
		return err
	}
	if _, err := silence(s).Where(goes, person.ID, s.Trust().ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*choice)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err = s.Update((*Participant)(nil)).Set("state = ?", Left).Where("member_id = ?", person.ID).Exec(ctx)
	return err
}
