// Package directory lists the members of a service who wish to be found, where
// the service wishes that. Everybody can still be met by what they write.
package directory

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "directory"

// New makes the room.
func New() modules.Module {
	return modules.Module{
		Key: key, Name: "Members", Icon: "users-round",
		About:  "A list of the members who wish to be in it, and of the team.",
		Grants: policy.Grants{"directory.read": {"member"}},
		Rights: map[string]string{"directory.read": "See the list of members"},
		Routes: func(r *modules.Router) {
			web.Get(r, "/members", "directory.read", "The members who wish to be found", list, listPage)
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("directory.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Members", Icon: "users-round", Path: "/" + s.Service.Slug + "/members"}}
		},
	}
}

// List asks for a page: of members whose handle or interests have the words. After
// is the address of the handle that the page before ended with.
type List struct {
	Q     string `json:"q,omitempty" validate:"max=60" label:"words to look for"`
	After string `json:"after,omitempty" validate:"max=60"`
}

// Members are a page, by handle.
type Members struct {
	Q       string           `json:"q,omitempty"`
	Team    []tenants.Person `json:"team,omitempty"`
	Members []tenants.Person `json:"members"`
	// More continues the list; empty at its end.
	More string `json:"more,omitempty"`
}

// list shows who wishes to be found and whom the actor sees; the team on the first page.
func list(ctx context.Context, s tenants.Scope, in List) (out Members, err error) {
	out.Q = strings.TrimSpace(in.Q)
	if in.After == "" && out.Q == "" {
		if out.Team, err = team(ctx, s); err != nil {
			return out, err
		}
	}
	out.Members, err = found(ctx, s, out.Q, in.After)
	if len(out.Members) > pageSize {
		out.Members = out.Members[:pageSize]
		out.More = out.Members[pageSize-1].HandleKey
	}
	return out, err
}
