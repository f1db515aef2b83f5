package tenants

import (
	"context"
	"encoding/json"
)

// Own is what a member chose for themselves in a room, laid over the defaults.
// What does not fit any more counts as the defaults.
func Own[T any](p *Person, room string, defaults T) T {
	if p == nil || len(p.Chosen) == 0 {
		return defaults
	}
	var rooms map[string]json.RawMessage
	chosen := defaults
	if json.Unmarshal(p.Chosen, &rooms) != nil || rooms[room] == nil || json.Unmarshal(rooms[room], &chosen) != nil {
		return defaults
	}
	return chosen
}

// Choose keeps what the acting member chose for themselves in a room.
func (s Scope) Choose(ctx context.Context, room string, chosen any) error {
	var row Person
	if err := s.Lock(&row).Column("id", "own").Where("id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return err
	}
	rooms := map[string]any{}
	if len(row.Chosen) > 0 {
		if err := json.Unmarshal(row.Chosen, &rooms); err != nil {
			return err
		}
	}
	rooms[room] = chosen
	var err error
	if row.Chosen, err = json.Marshal(rooms); err != nil {
		return err
	}
	return Touched(s.Update(&row).Column("own").Where("id = ?", row.ID).Exec(ctx))
}
