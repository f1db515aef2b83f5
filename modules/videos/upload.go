package videos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

const (
	pieceBytes = 4 << 20  // of a file that arrives; what one upload takes of the memory
	plainBytes = 64 << 20 // of a file that a form sends at once
)

func (v Videos) uploads() web.Uploads[tenants.Scope] {
	return web.Uploads[tenants.Scope]{
		Most: v.mostBytes, Begin: v.BeginUpload, State: v.UploadState, Take: v.Take, End: v.EndUpload,
	}
}

// mostBytes is how large the file of a video of the actor's may be.
func (v Videos) mostBytes(ctx context.Context, s tenants.Scope, in web.OneUpload) (int64, error) {
	return settings(s).most(), s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := mine(ctx, s, in.ID)
		return err
	})
}

// BeginUpload begins the file of a video anew. The client's metadata may have a
// mark, by which it knows the file again.
func (v Videos) BeginUpload(ctx context.Context, s tenants.Scope, in web.BeginUpload) (state web.UploadState, err error) {
	if err := maySend(s); err != nil {
		return state, err
	}
	switch most := settings(s); {
	case in.Length == 0:
		return state, fault.Bad("file", "This file is empty.")
	case in.Length > most.most():
		return state, fault.New(fault.TooLarge, "This file is larger than "+most.largest()+", which is the most here. Make it shorter, or record it smaller.")
	case len(in.Metadata["mark"]) > 100:
		return state, fault.Bad("mark", "A mark has at most 100 characters.")
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, err := change(ctx, s, in.ID)
		if err != nil {
			return err
		}
		if !row.Replaceable() {
			return fault.New(fault.Conflict, "This video has its file already.")
		}
		if err := dropPieces(ctx, s, row.ID); err != nil {
			return err
		}
		row.State, row.Problem, row.Length, row.Arrived, row.Mark, row.Claim = Sending, "", in.Length, 0, in.Metadata["mark"], uuid.Nil
		state = row.upload()
		return row.save(ctx, s, "state", "problem", "length", "arrived", "mark", "claim")
	})
	return state, err
}

func (v Video) upload() web.UploadState {
	state := web.UploadState{Length: v.Length, Offset: v.Arrived}
	if v.State == Sending {
		state.Expires = v.ChangedAt.Add(uploadKept)
	}
	return state
}

// UploadState tells how much of the file has arrived. NotFound if none was begun.
func (v Videos) UploadState(ctx context.Context, s tenants.Scope, in web.OneUpload) (state web.UploadState, err error) {
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, err := mine(ctx, s, in.ID)
		if err == nil && (row.State == Empty || row.State == Failed) {
			err = fault.Missing()
		}
		state = row.upload()
		return err
	})
	return state, err
}

// EndUpload forgets what has arrived of a file.
func (v Videos) EndUpload(ctx context.Context, s tenants.Scope, in web.OneUpload) error {
	var row Video
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if row, err = change(ctx, s, in.ID); err != nil {
			return err
		}
		if row.State != Sending {
			return fault.Missing()
		}
		return row.empty(ctx, s)
	})
	if err != nil {
		return err
	}
	return v.files.DeleteBelow(ctx, row.original())
}

// empty is a video without a file again.
func (v *Video) empty(ctx context.Context, s tenants.Scope) error {
	v.State, v.Length, v.Arrived, v.Mark, v.Claim = Empty, 0, 0, "", uuid.Nil
	if err := dropPieces(ctx, s, v.ID); err != nil {
		return err
	}
	return v.save(ctx, s, "state", "length", "arrived", "mark", "claim")
}

// Take adds to a file. Whoever comes later takes over from a request whose
// connection has broken and does not know it yet.
func (v Videos) Take(ctx context.Context, s tenants.Scope, in web.UploadPart) (web.UploadState, error) {
	t := taking{v: v, claim: uuid.New(), whole: in.Whole}
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if t.row, err = change(ctx, s, in.ID); err != nil {
			return err
		}
		switch {
		case t.row.State == Empty || t.row.State == Failed:
			return fault.Missing()
		case t.row.State != Sending || t.row.Arrived != in.Offset:
			return fault.New(fault.Conflict, "The file does not go on there. Ask how far it is.")
		}
		_, err = s.Update((*Video)(nil)).Set("claim = ?", t.claim).Where("id = ?", in.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return web.UploadState{}, err
	}
	err = t.read(ctx, s, in.Body)
	if err == nil && in.Whole {
		err = t.keep(ctx, s, t.held...)
	}
	if err != nil && len(t.held) > 0 {
		for _, piece := range t.held {
			err = errors.Join(err, v.files.Delete(context.WithoutCancel(ctx), piece.File))
		}
	}
	return t.row.upload(), err
}

// taking is one request that adds to a file.
type taking struct {
	v     Videos
	row   Video
	claim uuid.UUID
	whole bool
	held  []Piece // stored and not counted yet
}

// read stores what comes, piece by piece, until it ends or breaks off.
func (t *taking) read(ctx context.Context, s tenants.Scope, body io.Reader) error {
	block := make([]byte, min(pieceBytes, t.row.Length-t.row.Arrived+1))
	for at := t.row.Arrived; ; {
		n, broke := io.ReadFull(body, block)
		ended := errors.Is(broke, io.EOF) || errors.Is(broke, io.ErrUnexpectedEOF)
		if at += int64(n); at > t.row.Length {
			return fault.New(fault.TooLarge, "More came than the file was said to have.")
		}
		if n > 0 && (broke == nil || ended || !t.whole) {
			piece := Piece{VideoID: t.row.ID, Start: at - int64(n), Bytes: int64(n), File: t.row.newKey("original")}
			if err := t.store(ctx, s, piece, block[:n]); err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
		if broke != nil {
			return broke
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// store keeps a piece, also when whoever sends it has just gone.
func (t *taking) store(ctx context.Context, s tenants.Scope, piece Piece, content []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := t.v.files.Put(ctx, piece.File, bytes.NewReader(content), piece.Bytes, "application/octet-stream"); err != nil {
		return err
	}
	if t.whole {
		t.held = append(t.held, piece)
		return nil
	}
	if err := t.keep(ctx, s, piece); err != nil {
		return errors.Join(err, t.v.files.Delete(ctx, piece.File))
	}
	return nil
}

// keep counts pieces as arrived. Conflict if another request has taken over.
func (t *taking) keep(ctx context.Context, s tenants.Scope, pieces ...Piece) error {
	if len(pieces) == 0 {
		return nil
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		row, err := change(ctx, s, t.row.ID)
		if err != nil {
			return err
		}
		if row.State != Sending || row.Claim != t.claim || row.Arrived != pieces[0].Start {
			return fault.New(fault.Conflict, "The file goes on elsewhere. Ask how far it is.")
		}
		for _, piece := range pieces {
			row.Arrived += piece.Bytes
		}
		if _, err := tenants.InsertAll(s, pieces).Exec(ctx); err != nil {
			return err
		}
		t.row, t.held = row, nil
		if row.Arrived < row.Length {
			_, err := s.Update((*Video)(nil)).Set("arrived = ?", row.Arrived).Set("changed_at = ?", s.Now).Where("id = ?", row.ID).Exec(ctx)
			return err
		}
		if err := t.row.whole(ctx, s); err != nil {
			return err
		}
		return t.row.save(ctx, s, "state", "arrived", "percent", "problem")
	})
}

// whole has a worker see to a file that is all here.
func (v *Video) whole(ctx context.Context, s tenants.Scope) error {
	v.State, v.Percent, v.Problem = Waiting, 0, ""
	return s.Emit(ctx, Arrived, tenants.Event{Module: key, Subject: v.ID, About: v.ID})
}

// SendFile is a file that a plain form sends.
type SendFile struct {
	ID   uuid.UUID `path:"id"`
	File web.File  `json:"file" label:"a video"`
}

// SendFile takes a file at once, for whoever has no JavaScript.
func (v Videos) SendFile(ctx context.Context, s tenants.Scope, in SendFile) (Video, error) {
	if in.File.Size == 0 {
		return Video{}, fault.Bad("file", "Choose a video. An empty file is none.")
	}
	if _, err := v.BeginUpload(ctx, s, web.BeginUpload{ID: in.ID, Length: in.File.Size}); err != nil {
		return Video{}, err
	}
	content, err := in.File.Open()
	if err != nil {
		return Video{}, err
	}
	_, err = v.Take(ctx, s, web.UploadPart{ID: in.ID, Body: content})
	if err = errors.Join(err, content.Close()); err != nil {
		return Video{}, err
	}
	var out Video
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		out, err = mine(ctx, s, in.ID)
		return err
	})
	return out, err
}

// Retry has a video that failed made ready after all, as long as its file is kept.
func (v Videos) Retry(ctx context.Context, s tenants.Scope, in ByID) (Video, error) {
	row, err := change(ctx, s, in.ID)
	if err != nil {
		return Video{}, err
	}
	if row.State != Failed || !row.Kept() {
		return row, nil
	}
	if err := row.whole(ctx, s); err != nil {
		return Video{}, err
	}
	return row, row.save(ctx, s, "state", "percent", "problem")
}
