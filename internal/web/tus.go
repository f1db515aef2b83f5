package web

import (
	"context"
	"crypto/sha1" //nolint:gosec // the protocol's, against accidents and not attacks
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// The tus protocol (tus.io, 1.0.0) takes large files over connections that
// break: creation, termination, checksum and expiration of its extensions.
const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,termination,checksum,expiration"
	tusChecksums  = "sha1,sha256"
	tusContent    = "application/offset+octet-stream"

	statusVersion  = fiber.StatusPreconditionFailed
	statusChecksum = 460 // the protocol's own
)

// tusHeaders are what each method is told.
var tusHeaders = map[string][]string{
	http.MethodPost: {"Tus-Resumable", "Upload-Length", "Upload-Metadata"}, http.MethodHead: {"Tus-Resumable"},
	http.MethodPatch: {"Tus-Resumable", "Upload-Offset", "Upload-Checksum"}, http.MethodDelete: {"Tus-Resumable"},
}

const (
	uploadLasts = 2 * time.Hour    // one request; the client comes back for more
	uploadStall = 30 * time.Second // without a byte ends it
	mostLength  = 1 << 40          // bytes that an upload can say it has
)

// OneUpload names an upload. Each has an address of its own, where it is begun too.
type OneUpload struct {
	ID uuid.UUID `path:"id"`
}

// BeginUpload begins an upload.
type BeginUpload struct {
	ID       uuid.UUID
	Length   int64             // in bytes
	Metadata map[string]string // at most 20 entries and 4 KB, as the client claims
}

// UploadPart is what one request brings.
type UploadPart struct {
	ID     uuid.UUID
	Offset int64 // where it belongs, in bytes
	Body   io.Reader
	// Whole says that nothing of it counts unless all has been read without an
	// error: it carries a checksum, and a wrong one ends Body with ErrChecksum.
	Whole bool
}

// UploadState is how far an upload is.
type UploadState struct {
	Length, Offset int64 // in bytes
	Expires        time.Time
}

// Uploads keep what comes. All open their units of work themselves. Take keeps
// what arrived, unless the part is Whole, also when Body breaks off or ctx ends.
// A part that does not begin where the last ended is a Conflict.
type Uploads[S any] struct {
	Most  func(ctx context.Context, s S, in OneUpload) (bytes int64, err error)
	Begin func(ctx context.Context, s S, in BeginUpload) (UploadState, error)
	State func(ctx context.Context, s S, in OneUpload) (UploadState, error)
	Take  func(ctx context.Context, s S, in UploadPart) (UploadState, error)
	End   func(ctx context.Context, s S, in OneUpload) error
}

// tusAnswer is an answer that only this protocol knows.
type tusAnswer struct {
	status int
	words  string
}

func (e *tusAnswer) Error() string { return e.words }

// ErrChecksum ends the body of a part that is not what its checksum says.
var ErrChecksum error = &tusAnswer{statusChecksum, "The bytes were changed on the way. Send them again."}

// Resumable binds uploads that can be cut and resumed. Path must hold {id}.
func Resumable[S any](r *Router[S], path, permission, summary string, u Uploads[S]) {
	for _, spoken := range []struct {
		method string
		speak  func(context.Context, S, *tusRequest, uuid.UUID) error
	}{
		{http.MethodPost, u.begin}, {http.MethodHead, u.state}, {http.MethodPatch, u.take}, {http.MethodDelete, u.end}, {http.MethodOptions, u.abilities},
	} {
		method, speak := spoken.method, spoken.speak
		b := typed(func(context.Context, S, OneUpload) (None, error) { return None{}, nil })
		b.Resumable, b.OwnUnits = true, true
		b.upload = func(ctx context.Context, s S, t *tusRequest, r *Request) error {
			id, err := uuid.Parse(r.Params["id"])
			if err != nil {
				return fault.Missing()
			}
			if method != http.MethodOptions && t.header("Tus-Resumable") != tusVersion {
				t.c.Set("Tus-Version", tusVersion)
				return &tusAnswer{statusVersion, "Speak version " + tusVersion + " of the tus protocol."}
			}
			return speak(ctx, s, t, id)
		}
		r.bind(b, method, path, permission, summary)
	}
}

// tusRequest is a request of the protocol and its answer.
type tusRequest struct {
	c    *fiber.Ctx
	path string
}

func (t *tusRequest) header(name string) string { return string(t.c.Request().Header.Peek(name)) }

// number reads a header that counts bytes.
func (t *tusRequest) number(name string) (int64, error) {
	n, err := strconv.ParseInt(t.header(name), 10, 64)
	if err != nil || n < 0 || n > mostLength {
		return 0, fault.New(fault.Malformed, "The header "+name+" must count bytes.")
	}
	return n, nil
}

// tell writes how far the upload is.
func (t *tusRequest) tell(state UploadState) {
	t.c.Set("Upload-Offset", strconv.FormatInt(state.Offset, 10))
	if !state.Expires.IsZero() {
		t.c.Set("Upload-Expires", state.Expires.UTC().Format(http.TimeFormat))
	}
}

func (u Uploads[S]) abilities(ctx context.Context, s S, t *tusRequest, id uuid.UUID) error {
	most, err := u.Most(ctx, s, OneUpload{id})
	if err != nil {
		return err
	}
	t.c.Set("Tus-Version", tusVersion)
	t.c.Set("Tus-Extension", tusExtensions)
	t.c.Set("Tus-Checksum-Algorithm", tusChecksums)
	t.c.Set("Tus-Max-Size", strconv.FormatInt(most, 10))
	t.c.Status(fiber.StatusNoContent)
	return nil
}

func (u Uploads[S]) begin(ctx context.Context, s S, t *tusRequest, id uuid.UUID) error {
	length, err := t.number("Upload-Length")
	if err != nil {
		return err
	}
	metadata, err := uploadMetadata(t.header("Upload-Metadata"))
	if err != nil {
		return err
	}
	most, err := u.Most(ctx, s, OneUpload{id})
	if err != nil {
		return err
	}
	if length > most {
		return fault.New(fault.TooLarge, "That file is too large. The most is "+inWords(int(most))+".")
	}
	state, err := u.Begin(ctx, s, BeginUpload{id, length, metadata})
	if err != nil {
		return err
	}
	t.tell(state)
	t.c.Set(fiber.HeaderLocation, t.path)
	t.c.Status(fiber.StatusCreated)
	return nil
}

func (u Uploads[S]) state(ctx context.Context, s S, t *tusRequest, id uuid.UUID) error {
	state, err := u.State(ctx, s, OneUpload{id})
	if err != nil {
		return err
	}
	t.tell(state)
	t.c.Set("Upload-Length", strconv.FormatInt(state.Length, 10))
	t.c.Set(fiber.HeaderCacheControl, "no-store")
	t.c.Status(fiber.StatusOK)
	return nil
}

func (u Uploads[S]) take(ctx context.Context, s S, t *tusRequest, id uuid.UUID) error {
	if string(t.c.Request().Header.ContentType()) != tusContent {
		return fault.New(fault.Unsupported, "Send "+tusContent+".")
	}
	offset, err := t.number("Upload-Offset")
	if err != nil {
		return err
	}
	part := UploadPart{ID: id, Offset: offset, Body: &arriving{t.c, t.c.Request().BodyStream()}}
	if asked := t.header("Upload-Checksum"); asked != "" {
		if part.Body, err = checked(part.Body, asked); err != nil {
			return err
		}
		part.Whole = true
	}
	state, err := u.Take(ctx, s, part)
	if err != nil {
		return err
	}
	t.tell(state)
	t.c.Status(fiber.StatusNoContent)
	return nil
}

func (u Uploads[S]) end(ctx context.Context, s S, t *tusRequest, id uuid.UUID) error {
	if err := u.End(ctx, s, OneUpload{id}); err != nil {
		return err
	}
	t.c.Status(fiber.StatusNoContent)
	return nil
}

// uploadMetadata reads pairs of a key and a value in base64.
func uploadMetadata(text string) (map[string]string, error) {
	found := map[string]string{}
	bad := fault.New(fault.Malformed, "The header Upload-Metadata cannot be read.")
	if len(text) > 4096 {
		return nil, bad
	}
	for _, pair := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		key, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.DecodeString(encoded)
		if _, twice := found[key]; err != nil || twice || key == "" || len(found) >= 20 || !plainText(key) || !plainText(string(value)) {
			return nil, bad
		}
		found[key] = string(value)
	}
	return found, nil
}

// arriving is a body as it comes. It may take hours, but not a pause.
type arriving struct {
	c    *fiber.Ctx
	body io.Reader
}

func (a *arriving) Read(p []byte) (int, error) {
	if a.body == nil {
		return 0, io.EOF
	}
	if err := a.c.Context().SetReadDeadline(clock.Real{}.Now().Add(uploadStall)); err != nil {
		return 0, err
	}
	return a.body.Read(p)
}

// checked is a body that must be what a checksum says: "sha1 base64".
func checked(body io.Reader, asked string) (io.Reader, error) {
	name, encoded, _ := strings.Cut(asked, " ")
	sums := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}
	want, err := base64.StdEncoding.DecodeString(encoded)
	if sums[name] == nil || err != nil {
		return nil, fault.New(fault.Malformed, "The header Upload-Checksum must be one of "+tusChecksums+" and the sum in base64.")
	}
	return &summed{body, sums[name](), string(want)}, nil
}

type summed struct {
	body io.Reader
	sum  hash.Hash
	want string
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	s.sum.Write(p[:n])
	if err == io.EOF && string(s.sum.Sum(nil)) != s.want {
		return n, ErrChecksum
	}
	return n, err
}
