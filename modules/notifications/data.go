package notifications

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			tenants.Class{Key: "notices", Name: "Notices", About: "What we told you of, and the emails, texts and notices that we sent for it. They hold no words of anybody.", Days: 90, Least: 14, Most: 365}.
				Ages(tenants.Aged{Model: (*Notice)(nil), Since: "created_at", Whose: "member_id"}, tenants.Aged{Model: (*Delivery)(nil), Since: "created_at", Whose: "member_id"}),
			{Key: "notice-choices", Name: "Choices about notices", About: "What you want to hear of and when, and the browsers that show you notices."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var chosen []Settings
	if err := s.Select(&chosen).Where("settings.member_id = ?", person.ID).Scan(ctx); err != nil {
		return err
	}
	for _, c := range chosen {
		into.Add("Choices about notices", tenants.Item{Facts: []tenants.Fact{{Name: "Digest", Value: fmt.Sprint(c.Digest)}, {Name: "Choices", Value: fmt.Sprint(c.Choices)}}})
	}
	var devices []Device
	if err := s.Select(&devices).Where("device.account_id = ?", person.AccountID).Scan(ctx); err != nil {
		return err
	}
	for _, d := range devices {
		into.Add("Browsers that show you notices", tenants.Item{At: d.CreatedAt, Title: "A browser"})
	}
	var told []Notice
	err := s.Select(&told).Where("notice.member_id = ?", person.ID).Order("notice.created_at").Scan(ctx)
	for _, n := range told {
		into.Add("Notices", tenants.Item{At: n.CreatedAt, Title: n.Kind})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if _, err := s.Delete((*Notice)(nil)).Where("(member_id = ? OR actor_id = ?)", person.ID, person.ID).Exec(ctx); err != nil {
		return err
	}
	for _, model := range []any{(*Settings)(nil), (*Delivery)(nil)} {
		if _, err := s.Delete(model).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	for _, model := range []any{(*Device)(nil), (*bounced)(nil)} {
		if _, err := s.Delete(model).Where("account_id = ?", person.AccountID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
