package invitations

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

func number(n int) string { return strconv.Itoa(n) }

// Check is a list of people to invite, as a file.
type Check struct {
	File web.File `json:"file" validate:"required" label:"a file"`
}

// Checked is what would be sent, and what would not and why.
type Checked struct {
	Lines []Line `json:"lines"`
	Good  int    `json:"good"`
	// List are the lines that are right, to be sent back when they are to be invited.
	List string `json:"list"`
}

// Check looks through a list. Nothing is sent, and nothing of it is kept.
func (i Invitations) Check(ctx context.Context, s tenants.Scope, in Check) (Checked, error) {
	file, err := in.File.Open()
	if err != nil {
		return Checked{}, err
	}
	defer func() { _ = file.Close() }()
	lines, whole := readLines(file, usualRole(s.Service.Area))
	if whole != "" {
		return Checked{}, fault.Bad("file", whole)
	}
	if err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := i.judge(ctx, s, lines)
		return err
	}); err != nil {
		return Checked{}, err
	}
	out := Checked{Lines: lines}
	list := strings.Builder{}
	write := csv.NewWriter(&list)
	_ = write.Write([]string{"email", "role", "name", "date_of_birth", "nhs_number", "phone"})
	for _, line := range lines {
		if line.Wrong == "" {
			out.Good++
			_ = write.Write([]string{line.Email, string(line.Role), line.given.Name, line.given.BornOn, line.given.NHSNumber, line.given.Phone})
		}
	}
	write.Flush()
	out.List = list.String()
	return out, write.Error()
}

// judge says of each line why it cannot be invited, and returns those that can.
func (i Invitations) judge(ctx context.Context, s tenants.Scope, lines []Line) (guests []guest, err error) {
	at := map[string]*Line{}
	for n := range lines {
		line := &lines[n]
		if line.Wrong != "" {
			continue
		}
		who, err := line.given.Read(s.Now)
		var failed *fault.Error
		if errors.As(err, &failed) {
			line.Wrong = failed.Fields[0].Message
			continue
		}
		one := guest{email: line.Email, lookup: i.office.Keys.Lookup(line.Email), role: line.Role, who: who}
		if line.Wrong = one.check(s).words; line.Wrong != "" {
			continue
		}
		guests = append(guests, one)
		at[one.lookup] = line
	}
	if len(guests) == 0 {
		return nil, nil
	}
	refused, err := known(ctx, s, guests)
	for lookup, why := range refused {
		at[lookup].Wrong = why.words
	}
	return slices.DeleteFunc(guests, func(g guest) bool { _, is := refused[g.lookup]; return is }), err
}

// SendMany are people to invite: a list as CSV text, as Check gave it back.
type SendMany struct {
	List string `json:"list" validate:"filled,max=200000" label:"a list"`
}

// Many is how many invitations are on their way.
type Many struct {
	Sent int `json:"sent"`
}

// SendMany invites everybody of a list, or nobody: Invalid if a line is not right
// (any more).
func (i Invitations) SendMany(ctx context.Context, s tenants.Scope, in SendMany) (Many, error) {
	if err := i.office.Open(); err != nil {
		return Many{}, err
	}
	lines, whole := readLines(strings.NewReader(in.List), usualRole(s.Service.Area))
	if whole != "" {
		return Many{}, fault.Bad("list", whole)
	}
	guests, err := i.judge(ctx, s, lines)
	if err != nil {
		return Many{}, err
	}
	for _, line := range lines {
		if line.Wrong != "" {
			return Many{}, fault.Bad("list", fmt.Sprintf("Nobody was invited. Line %d: %s Look through the list again.", line.Number, line.Wrong))
		}
	}
	_, err = i.invite(ctx, s, guests)
	return Many{len(guests)}, err
}

func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func roleNames(roles []tenants.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = lower(role.Name())
	}
	return strings.Join(names, ", ")
}
