package posts

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostTopics keeps the list one that somebody in distress can take in.
const mostTopics = 30

// TopicList is what the service's content notes can be about.
type TopicList struct {
	Topics []tenants.Topic `json:"topics"`
}

// Topics lists them, also those that are offered no more.
func (k *Kernel) Topics(_ context.Context, s tenants.Scope, _ web.None) (TopicList, error) {
	return TopicList{s.Service.Topics()}, nil
}

// NewTopic is one more to offer.
type NewTopic struct {
	Name string `json:"name" validate:"filled,max=40" label:"a topic"`
	tenants.Why
}

// AddTopic adds a topic at the end of the list.
func (k *Kernel) AddTopic(ctx context.Context, s tenants.Scope, in NewTopic) (tenants.Topic, error) {
	have := s.Service.Topics()
	name := strings.TrimSpace(in.Name)
	switch {
	case len(have) >= mostTopics:
		return tenants.Topic{}, fault.Bad("name", "There are 30 topics already. A longer list helps nobody: use one of them.")
	case named(have, name, ""):
		return tenants.Topic{}, taken()
	}
	topic := tenants.Topic{Key: keyOf(name, have), Name: name, Position: len(have) + 1, Offered: true}
	if _, err := s.Insert(&topic).Exec(ctx); database.Taken(err) {
		return tenants.Topic{}, taken()
	} else if err != nil {
		return tenants.Topic{}, err
	}
	return topic, topicChanged(ctx, s, in.Why, nil, topic)
}

// ChangeTopic renames a topic, offers it or offers it no more. What has the note
// keeps it.
type ChangeTopic struct {
	Topic   string `path:"topic"`
	Name    string `json:"name" validate:"filled,max=40" label:"a topic"`
	Offered bool   `json:"offered"`
	tenants.Why
}

// ChangeTopic changes a topic; saying the same twice changes nothing.
func (k *Kernel) ChangeTopic(ctx context.Context, s tenants.Scope, in ChangeTopic) (tenants.Topic, error) {
	was, known := s.Service.Topic(in.Topic)
	if !known {
		return tenants.Topic{}, fault.Missing()
	}
	now := was
	if now.Name, now.Offered = strings.TrimSpace(in.Name), in.Offered; now == was {
		return was, nil
	}
	if named(s.Service.Topics(), now.Name, was.Key) {
		return tenants.Topic{}, taken()
	}
	if err := tenants.Touched(s.Update(&now).Column("name", "offered").Where("key = ?", was.Key).Exec(ctx)); err != nil {
		return tenants.Topic{}, err
	}
	return now, topicChanged(ctx, s, in.Why, was, now)
}

func topicChanged(ctx context.Context, s tenants.Scope, why tenants.Why, was, now any) error {
	if err := s.Audit(ctx, "topics.change", tenants.Audited{Reason: why.Reason, Before: was, After: now}); err != nil {
		return err
	}
	return s.Changed(ctx)
}

func taken() error { return fault.Bad("name", "There is a topic of this name already.") }

// named tells whether another topic than the one of that key has the name.
func named(topics []tenants.Topic, name, but string) bool {
	return slices.ContainsFunc(topics, func(t tenants.Topic) bool { return t.Key != but && strings.EqualFold(t.Name, name) })
}

// keyOf is a name as a key that no other topic has.
func keyOf(name string, have []tenants.Topic) string {
	key := strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if key == "" {
		key = "topic"
	}
	for slices.ContainsFunc(have, func(t tenants.Topic) bool { return t.Key == key }) {
		key += "-2"
	}
	return key
}
