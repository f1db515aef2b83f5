package exitkit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/lockbox"
)

// mostAtOnce bounds what is read into memory: a piece, and a row on top of it.
const mostAtOnce = 256 << 20

// reading is a kit being read, one file of the archive after the other.
type reading struct {
	Header
	box   *lockbox.Reader
	name  string // of the file at hand; empty at the end
	size  int64
	sums  *lines    // of the files that came
	came  []fileSum // those of them that no sum has come for
	bytes int64
}

// read opens a kit. Invalid says what it is instead of one, or that the key is wrong.
func read(from io.Reader, identities []age.Identity) (*reading, error) {
	box, err := lockbox.Open(from, "an exit kit", identities...)
	if err != nil {
		return nil, err
	}
	r := &reading{box: box, sums: newLines(nil, "", time.Time{}), name: headerName}
	if err := r.next(); err != nil {
		return nil, err
	}
	if r.name != headerName {
		return nil, r.damaged(errors.New("it should begin with " + headerName))
	}
	if err := r.json(&r.Header); err != nil {
		return nil, err
	}
	if r.Format > Format {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("This kit was made by SHaRON %s in format %d. This SHaRON reads up to format %d: take a newer one.", r.Version, r.Format, Format))
	}
	return r, r.next()
}

// damaged says where the archive is not as it was made.
func (r *reading) damaged(cause error) error {
	return fault.Wrap(fault.Invalid, "The archive is damaged or was changed, at "+r.name+". Fetch it again, and compare its SHA-256.", cause)
}

// next goes on to the next file.
func (r *reading) next() error {
	head, err := r.box.Next()
	if errors.Is(err, io.EOF) {
		r.name = ""
		return nil
	}
	if err != nil {
		return r.damaged(err)
	}
	r.name, r.size = head.Name, head.Size
	return nil
}

// content is all of the file at hand.
func (r *reading) content() ([]byte, error) {
	if r.size > mostAtOnce {
		return nil, r.damaged(fmt.Errorf("%d bytes are too many here", r.size))
	}
	content, err := io.ReadAll(r.box)
	if err != nil {
		return nil, r.damaged(err)
	}
	return content, nil
}

func (r *reading) json(into any) error {
	content, err := r.content()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return r.damaged(err)
	}
	return nil
}

// keep takes a file of the trust; content has size bytes.
type keep func(key string, content io.Reader, size int64) error

// files reads all files and holds them to their sums.
func (r *reading) files(to keep) error {
	for r.name != "" {
		var err error
		switch {
		case strings.HasPrefix(r.name, filesPrefix):
			err = r.file(to)
		case strings.HasPrefix(r.name, sumsPrefix):
			err = r.compare()
		case r.name != readmeName:
			return nil
		}
		if err == nil {
			err = r.next()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) file(to keep) error {
	key := strings.TrimPrefix(r.name, filesPrefix)
	if !ownedBy(r.Trust.ID, key) {
		return r.damaged(errors.New("this is no place of the trust’s files"))
	}
	sum := sha256.New()
	err := to(key, io.TeeReader(r.box, sum), r.size)
	if flaw := r.box.Flaw(); flaw != nil {
		return r.damaged(flaw)
	}
	if err != nil {
		return fmt.Errorf("file %s: %w", key, err)
	}
	r.came = append(r.came, fileSum{key, r.size, hex.EncodeToString(sum.Sum(nil))})
	r.bytes += r.size
	if len(r.came) > summed {
		return r.damaged(errors.New("there is no sum of the files before it"))
	}
	return nil
}

// compare holds the files that came to what should have come.
func (r *reading) compare() error {
	content, err := r.content()
	if err != nil {
		return err
	}
	for line := range bytes.Lines(content) {
		var want fileSum
		if err := json.Unmarshal(line, &want); err != nil {
			return r.damaged(err)
		}
		if len(r.came) == 0 || r.came[0] != want {
			r.name = filesPrefix + want.Name
			return r.damaged(errors.New("the file is not there, or not as it was"))
		}
		r.came = r.came[1:]
		if err := r.sums.add(line); err != nil {
			return err
		}
	}
	return nil
}

// end reads the manifest, which must be last, and holds to it what has come.
func (r *reading) end(tables map[string]Sum) (Manifest, error) {
	var m Manifest
	if r.name != manifestName {
		return m, r.damaged(errors.New("the manifest is missing"))
	}
	if err := r.json(&m); err != nil {
		return m, err
	}
	if err := r.next(); err != nil {
		return m, err
	}
	if r.name != "" {
		return m, r.damaged(errors.New("there is something behind the end"))
	}
	for _, name := range r.Tables {
		if got := tables[name]; got != m.Tables[name] {
			r.name = tablesPrefix + name
			return m, r.damaged(fmt.Errorf("%d rows are here and %d in the manifest, or what they say differs", got.Rows, m.Tables[name].Rows))
		}
	}
	if len(r.came) > 0 || r.sums.total() != m.Files || r.bytes != m.Bytes {
		r.name = filesPrefix
		return m, r.damaged(fmt.Errorf("%d files are here and %d in the manifest, or they differ", r.sums.rows, m.Files.Rows))
	}
	return m, nil
}
