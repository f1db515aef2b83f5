package exitkit

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"time"
)

// piece is how much of a table is one file of the archive, in bytes: a tar says the
// size of a file before it, so that much is held in memory.
const piece = 4 << 20

// lines are the lines of one table, written in pieces and summed up.
type lines struct {
	to     *tar.Writer // nil to sum up only
	prefix string
	at     time.Time
	held   bytes.Buffer
	sum    hash.Hash
	rows   int64
	pieces int
}

func newLines(to *tar.Writer, prefix string, at time.Time) *lines {
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
	err := put(l.to, fmt.Sprintf("%s%06d.jsonl", l.prefix, l.pieces), l.at, l.held.Bytes())
	l.held.Reset()
	return err
}

// total is what has been added so far.
func (l *lines) total() Sum { return Sum{l.rows, hex.EncodeToString(l.sum.Sum(nil))} }

// put adds a file to the archive.
func put(to *tar.Writer, name string, at time.Time, content []byte) error {
	if err := head(to, name, at, int64(len(content))); err != nil {
		return err
	}
	_, err := to.Write(content)
	return err
}

func head(to *tar.Writer, name string, at time.Time, size int64) error {
	return to.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX})
}
