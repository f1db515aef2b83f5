package recovery

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/recovery/courses"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Shown is what a member lets the clinicians of their service see.
type Shown struct {
	Person   tenants.Person   `json:"person"`
	Shares   []Share          `json:"shares"`
	CheckIns []CheckIn        `json:"check_ins,omitempty"`
	Earlier  bool             `json:"earlier,omitempty"` // there are check-ins from before these
	Plan     *safety.Plan     `json:"plan,omitempty"`
	Goals    []Goal           `json:"goals,omitempty"`
	Courses  []courses.Answer `json:"courses,omitempty"` // what they wrote into exercises
	// Measures are what clinicians asked for, and what they can ask for.
	Measures    Questionnaires `json:"measures"`
	Definitions []Definition   `json:"-"`
}

// shares tells whether something is shown, if perhaps empty.
func (x Shown) shares(key what) bool {
	return slices.ContainsFunc(x.Shares, func(share Share) bool { return share.What == key })
}

// Look shows a clinician what a member shares, and keeps that they looked, for the
// member and in the audit log.
func (r Recovery) Look(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (out Shown, err error) {
	return out, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		out = Shown{}
		if out.Person, err = s.PersonByHandle(ctx, in.Handle); err != nil {
			return err
		}
		if err := apart(s, out.Person); err != nil {
			return err
		}
		if out.Shares, err = sharesOf(ctx, s, out.Person.ID); err != nil {
			return err
		}
		for _, share := range out.Shares {
			if err := r.fill(ctx, s, &out, share); err != nil {
				return err
			}
			if err := looked(ctx, s, out.Person.ID, share.What); err != nil {
				return err
			}
		}
		return r.fillMeasures(ctx, s, &out)
	})
}

// fillMeasures reads what the member filled in. That somebody saw none is no look.
func (r Recovery) fillMeasures(ctx context.Context, s tenants.Scope, out *Shown) (err error) {
	if out.Measures, err = r.questionnaires(ctx, s, out.Person.ID); err != nil {
		return err
	}
	all, err := definitionsOf(ctx, s)
	if out.Definitions = offered(s, all); err != nil || len(out.Measures.Results) == 0 {
		return err
	}
	return looked(ctx, s, out.Person.ID, ofMeasures)
}

// apart refuses those who would look at their own, or who are no member: a look has
// somebody who looked.
func apart(s tenants.Scope, person tenants.Person) error {
	if s.Actor.Member == nil || person.ID == s.Actor.ID() {
		return fault.Missing()
	}
	return nil
}

// fill reads what is shared of one sort.
func (r Recovery) fill(ctx context.Context, s tenants.Scope, out *Shown, share Share) (err error) {
	switch share.What {
	case ofCheckIns:
		out.CheckIns, err = r.checkIns(ctx, s, out.Person.ID, posts.Cursor{}, &share)
		if out.Earlier = len(out.CheckIns) > pageSize; out.Earlier {
			out.CheckIns = out.CheckIns[:pageSize]
		}
	case ofGoals:
		out.Goals, err = r.goals(ctx, s, out.Person.ID)
	case ofCourses:
		out.Courses, err = r.courses.Written(ctx, s, out.Person.ID)
	case ofPlan:
		one, missing := r.newest(ctx, s, out.Person.ID)
		if database.Missing(missing) {
			return nil
		}
		plan := one.shown()
		out.Plan, err = &plan, missing
	}
	return err
}
