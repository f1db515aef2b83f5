package forums

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members besides their posts.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "thread-reads", Name: "How far you read", About: "Which threads you have read, so that we can show you what is new."}},
		Export: func(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
			var marks []readMark
			err := s.Select(&marks).Where("mark.member_id = ?", person.ID).Order("mark.read_at").Scan(ctx)
			for _, m := range marks {
				into.Add("Threads that you read", tenants.Item{At: m.ReadAt, Facts: []tenants.Fact{{Name: "Thread", Value: m.PostID.String()}}})
			}
			return err
		},
		Erase: func(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
			_, err := s.Delete((*readMark)(nil)).Where("member_id = ?", person.ID).Exec(ctx)
			return err
		},
	}
}
