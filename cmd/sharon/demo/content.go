package demo

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

//go:embed content/*.yaml
var files embed.FS

// content is one service as its file tells it.
type content struct {
	Service struct {
		Slug, Name, About, Accent string
		Area                      tenants.Area
		Staffed                   []tenants.Hours
		Crisis                    []tenants.Contact
		Modules                   []string
	}
	Members []member
	Boards  []struct {
		Slug, Name, About string
		Audience          tenants.Audience
	}
	Threads []struct {
		words   `yaml:",inline"`
		Board   string
		Title   string
		Pinned  bool
		Locked  bool
		Follows []string // besides the author and whoever replies
		Replies []answer
	}
	Walls []struct {
		words    `yaml:",inline"`
		On       string
		Audience tenants.Audience
		Comments []answer
	}
	Drafts []struct { // of threads
		By, Title, Body string
	}
	Live          []session
	Videos        []video
	Conversations []conversation
	Gifts         []gift
	Recovery      []keeping
	Courses       []course
	Needs         []needing
	Resources     []resource
	Circle        circle
	Blogs         []blog
	Cases         []danger
	Terms         []watchedTerm
	Waiting       waitingList
	Surveys       []survey
}

// member is one of a service's people.
type member struct {
	Login, Handle, About string
	Role                 tenants.Role
	Avatar               int
	Joined               int    // days from today, so it is negative
	Account              string // login.service of somebody who is in another service of the trust already
}

// words are what every post has.
type words struct {
	By        string
	At        string // -12d 03:12: days from today, and the time in London
	Body      string
	Was       string      // what the body said before its author changed it
	Held      bool        // waits for a moderator
	Notes     posts.Notes // topics that cover it
	Reactions map[string][]string
}

// answer is a reply or a comment.
type answer struct {
	words  `yaml:",inline"`
	After  string // 21m, 4h or 2d since the post before it
	Quotes quote
}

// quote is the post that an answer quotes: 0 for none, -1 (true in the file)
// for the root, else the number of the answer, counted from 1.
type quote int

// UnmarshalYAML implements yaml.Unmarshaler.
func (q *quote) UnmarshalYAML(node *yaml.Node) error {
	var root bool
	if err := node.Decode(&root); err == nil {
		if root {
			*q = -1
		}
		return nil
	}
	return node.Decode((*int)(q))
}

// read reads a service's file and checks what the database would not.
func read(service string) (content, error) {
	var c content
	text, err := files.ReadFile("content/" + service + ".yaml")
	if err != nil {
		return c, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("content/%s.yaml: %w", service, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("content/%s.yaml: %w", service, err)
	}
	return c, nil
}

func (c content) check() error {
	members, boards := map[string]member{}, map[string]tenants.Audience{}
	for _, m := range c.Members {
		members[m.Login] = m
	}
	for _, b := range c.Boards {
		boards[b.Slug] = wide(b.Audience)
	}
	var wrong []error
	for _, v := range c.Videos {
		wrong = append(wrong, v.check(members))
	}
	for _, t := range c.Threads {
		audience, ok := boards[t.Board]
		if !ok {
			wrong = append(wrong, fmt.Errorf("thread %q: no board %q", t.Title, t.Board))
		}
		wrong = append(wrong, checkTalk(members, t.words, t.Replies, audience, t.Follows))
	}
	for _, w := range c.Walls {
		audience := wide(w.Audience)
		if audience == tenants.AudienceFriends {
			audience = tenants.AudienceService
			wrong = append(wrong, c.Circle.among(w.On, w.words, w.Comments))
		}
		wrong = append(wrong, checkTalk(members, w.words, w.Comments, audience, []string{w.On}))
	}
	for _, l := range c.Live {
		wrong = append(wrong, l.check(members))
	}
	for _, talk := range c.Conversations {
		wrong = append(wrong, talk.check(members))
	}
	for _, one := range c.Courses {
		wrong = append(wrong, one.check(members))
	}
	for _, n := range c.Needs {
		wrong = append(wrong, n.check(members))
	}
	for _, k := range c.Recovery {
		wrong = append(wrong, k.check(members))
	}
	for _, g := range c.Gifts {
		wrong = append(wrong, g.check(members))
	}
	for _, r := range c.Resources {
		wrong = append(wrong, r.check(members))
	}
	wrong = append(wrong, c.Circle.check(members))
	for _, term := range c.Terms {
		wrong = append(wrong, term.check(members))
	}
	for _, b := range c.Blogs {
		wrong = append(wrong, b.check(members))
	}
	wrong = append(wrong, c.Waiting.check(members))
	for _, x := range c.Surveys {
		wrong = append(wrong, x.check(members))
	}
	return errors.Join(wrong...)
}

// checkTalk finds people that there are not, and people who write or react
// where they could not read.
func checkTalk(members map[string]member, root words, answers []answer, audience tenants.Audience, named []string) error {
	var wrong []error
	check := func(p words) {
		seen := map[string]bool{}
		for kind, logins := range p.Reactions {
			if !slices.ContainsFunc(posts.ReactionKinds, func(k posts.ReactionKind) bool { return k.Key == kind }) {
				wrong = append(wrong, fmt.Errorf("%q: no reaction %q", start(p.Body), kind))
			}
			for _, login := range logins {
				if seen[login] || login == p.By {
					wrong = append(wrong, fmt.Errorf("%q: %s reacts twice or to themselves", start(p.Body), login))
				}
				seen[login] = true
			}
		}
		seen[p.By] = true
		for login := range seen {
			m, ok := members[login]
			if !ok {
				wrong = append(wrong, fmt.Errorf("%q: no member %q", start(p.Body), login))
			} else if login != root.By && !slices.Contains(tenants.Roles{m.Role}.Audiences(), audience) {
				wrong = append(wrong, fmt.Errorf("%q: %s cannot read it", start(p.Body), login))
			}
		}
	}
	check(root)
	for i, a := range answers {
		check(a.words)
		if int(a.Quotes) > i {
			wrong = append(wrong, fmt.Errorf("%q: quotes answer %d, which comes later", start(a.Body), a.Quotes))
		}
	}
	for _, login := range named {
		if _, ok := members[login]; !ok {
			wrong = append(wrong, fmt.Errorf("%q: no member %q", start(root.Body), login))
		}
	}
	return errors.Join(wrong...)
}

// wide is an audience with the file's default filled in.
func wide(audience tenants.Audience) tenants.Audience {
	if audience == "" {
		return tenants.AudienceService
	}
	return audience
}

func start(text string) string { return string([]rune(text)[:min(30, len([]rune(text)))]) }
