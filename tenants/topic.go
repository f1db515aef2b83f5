package tenants

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Topic is something that members may wish to be told of before they read: what
// a service's content notes say. It is never removed, only offered no more.
type Topic struct {
	bun.BaseModel `bun:"table:topics,alias:topic"`
	InService

	Key      string `bun:"key,pk" json:"key"`
	Name     string `bun:"name" json:"name"`
	Position int    `bun:"position" json:"position"`
	Offered  bool   `bun:"offered" json:"offered"`
}

// Topics are all that the service ever had, in its order. Nobody changes the list.
func (s *Service) Topics() []Topic { return s.topics }

// Topic finds a topic by its key; false if the service never had it.
func (s *Service) Topic(key string) (Topic, bool) {
	at := slices.IndexFunc(s.topics, func(t Topic) bool { return t.Key == key })
	if at < 0 {
		return Topic{}, false
	}
	return s.topics[at], true
}

// AlwaysTopics are offered in every service, after those of its area.
var AlwaysTopics = []areas.Topic{{Key: "self-harm", Name: "Self-harm"}, {Key: "suicide", Name: "Suicide"}, {Key: "abuse", Name: "Abuse"}}

// topicsOf are those that a service of an area begins with.
func topicsOf(area Area) []areas.Topic { return slices.Concat(area.preset().Topics, AlwaysTopics) }

// addUsualTopics gives a new service the topics of its area.
func addUsualTopics(ctx context.Context, s Scope, area Area) error {
	var rows []Topic
	for i, usual := range topicsOf(area) {
		rows = append(rows, Topic{Key: usual.Key, Name: usual.Name, Position: i + 1, Offered: true})
	}
	_, err := InsertAll(s, rows).Exec(ctx)
	return err
}
