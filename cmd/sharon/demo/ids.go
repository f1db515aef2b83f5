package demo

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// ids makes ids and chance from a seed, so that the same seed makes the same data.
type ids struct{ *rand.Rand }

func newIDs(seed, part uint64) *ids {
	return &ids{rand.New(rand.NewPCG(seed, part))} //nolint:gosec // not a secret: repeatable on purpose
}

// at is an id like those that the application makes (UUID version 7): it
// begins with the time, so that neighbours in time are neighbours on disk.
func (r *ids) at(t time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16|r.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(id[8:], r.Uint64()>>2|0x8000000000000000)
	return id
}

// chance is true so often, from 0 to 1.
func (r *ids) chance(of float64) bool { return r.Float64() < of }

// seedOf makes a seed of a name.
func seedOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}
