package exitkit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"

	"github.com/sharon-nhs/sharon/internal/lockbox"
)

// piece is how much of a table is one file of the archive, in bytes: a tar says the
// size of a file before it, so that much is held in memory.
const piece = 4 << 20

// lines are the lines of one table, written in pieces and summed up.
type lines struct {
	to     *lockbox.Writer // nil to sum up only
	prefix string
	at     time.Time
	held   bytes.Buffer
	sum    hash.Hash
	rows   int64
	pieces int
}

func newLines(to *lockbox.Writer, prefix string, at time.Time) *lines {
	return &lines{to: to, prefix: prefix, at: at, sum: sha256.New()}
}

// add takes a line with its end.
func (l *lines) add(line []byte) error {
	l.rows++
	l.sum.Write(line)
	if l.to == nil {
		return nil
	}
	l.held.Write(line)
	if l.held.Len() < piece {
		return nil
	}
	return l.flush()
}

// flush writes what is held as a file.
func (l *lines) flush() error {
	if l.held.Len() == 0 {
		return nil
	}
	l.pieces++
	err := l.to.Put(fmt.Sprintf("%s%06d.jsonl", l.prefix, l.pieces), l.at, &l.held, int64(l.held.Len()))
	l.held.Reset()
	return err
}

// total is what has been added so far.
func (l *lines) total() Sum { return Sum{l.rows, hex.EncodeToString(l.sum.Sum(nil))} }
