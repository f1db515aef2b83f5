// Package lockbox is archives that only who has a secret key of age can read: files one
// after the other (tar), packed (gzip) and locked (https://age-encryption.org/v1). Age
// vouches for every byte, so a box that opens to its end is as it was made.
package lockbox

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// Recipient reads a public key of age (age1…). Invalid if it is none.
func Recipient(key string) (age.Recipient, error) {
	const no = "This is not a public key of age. It begins with age1, and is what age-keygen prints as “Public key”."
	key = strings.TrimSpace(key)
	if strings.HasPrefix(strings.ToUpper(key), "AGE-SECRET-KEY-") {
		return nil, fault.Bad("recipient", "This is the secret key: nobody but you may have it. Make a new pair, and send the public key only.")
	}
	all, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil || len(all) != 1 || strings.ContainsAny(key, "\r\n") {
		return nil, fault.Bad("recipient", no)
	}
	return all[0], nil
}

// Identities reads secret keys of age. Invalid if there is none.
func Identities(from io.Reader) ([]age.Identity, error) {
	all, err := age.ParseIdentities(from)
	if err != nil {
		return nil, fault.Bad("identity", "This file has no secret key of age. It is the one that age-keygen wrote, with a line that begins with AGE-SECRET-KEY-.")
	}
	return all, nil
}

// Remembering is a recipient that lets us read, for as long as this process lives,
// what was just locked for it: a box is checked before it is offered, and has its
// owner for its only recipient even so.
type Remembering struct {
	age.Recipient
	key []byte
}

// Wrap implements age.Recipient.
func (r *Remembering) Wrap(key []byte) ([]*age.Stanza, error) {
	stanzas, _, err := r.WrapWithLabels(key)
	return stanzas, err
}

// WrapWithLabels implements age.RecipientWithLabels.
func (r *Remembering) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	r.key = append([]byte(nil), key...)
	if labelled, ok := r.Recipient.(age.RecipientWithLabels); ok {
		return labelled.WrapWithLabels(key)
	}
	stanzas, err := r.Recipient.Wrap(key)
	return stanzas, nil, err
}

// Identity opens the box that was locked last, and no other.
func (r *Remembering) Identity() age.Identity { return age.NewInjectedFileKeyIdentity(r.key) }

// Writer is a box being filled.
type Writer struct {
	*tar.Writer
	packed *gzip.Writer
	locked io.WriteCloser
}

// Create begins a box.
func Create(to io.Writer, recipient age.Recipient) (*Writer, error) {
	locked, err := age.Encrypt(to, recipient)
	if err != nil {
		return nil, err
	}
	packed := gzip.NewWriter(locked)
	return &Writer{tar.NewWriter(packed), packed, locked}, nil
}

// Put writes a file. All of size bytes must come.
func (w *Writer) Put(name string, at time.Time, content io.Reader, size int64) error {
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := io.CopyN(w.Writer, content, size)
	return err
}

// Close ends the box. One that was not closed does not open.
func (w *Writer) Close() error {
	for _, layer := range []io.Closer{w.Writer, w.packed, w.locked} {
		if err := layer.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Reader is a box being read.
type Reader struct {
	files  *tar.Reader
	packed *gzip.Reader
	flaw   error
}

// Open opens a box that should be what is said, such as “an exit kit”. Invalid says
// that it is not, or that the key is wrong.
func Open(from io.Reader, what string, identities ...age.Identity) (*Reader, error) {
	plain, err := age.Decrypt(from, identities...)
	var stranger *age.NoIdentityMatchError
	if errors.As(err, &stranger) {
		return nil, fault.Bad("identity", "This key does not open the archive: it was made for another one.")
	}
	var packed *gzip.Reader
	if err == nil {
		packed, err = gzip.NewReader(plain)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "This is not "+what+", or its beginning is damaged.", err)
	}
	return &Reader{files: tar.NewReader(packed), packed: packed}, nil
}

// Read reads the file at hand.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.files.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.flaw = err
	}
	return n, err
}

// Flaw is what is wrong with the box itself, where reading it failed: whoever hands it
// to something that writes tells by it whose fault that was.
func (r *Reader) Flaw() error { return r.flaw }

// Next goes on to the next file; io.EOF says that the box was read to its end, and
// nothing was cut off.
func (r *Reader) Next() (*tar.Header, error) {
	head, err := r.files.Next()
	if errors.Is(err, io.EOF) {
		if _, cut := io.Copy(io.Discard, r.packed); cut != nil {
			return nil, cut
		}
		return nil, io.EOF
	}
	if err != nil {
		return nil, err
	}
	if head.Typeflag != tar.TypeReg || path.Clean(head.Name) != head.Name || path.IsAbs(head.Name) || strings.HasPrefix(head.Name, "..") {
		return nil, errors.New("there should be plain files only")
	}
	return head, nil
}
