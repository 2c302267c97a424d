package e2e

import (
	"context"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// typed presses a key for every letter of a text, as a person would: a page that
// takes a key for itself keeps it from becoming a letter, which chromedp's own key
// events, a key and a letter apart, do not let it do.
func typed(text string, held ...input.Modifier) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for _, r := range text {
			if err := stroke(ctx, r, held); err != nil {
				return err
			}
		}
		return nil
	})
}

// stroke presses one key and lets it go. Letters that no key has, as an input
// method makes them, come without one.
func stroke(ctx context.Context, r rune, held []input.Modifier) error {
	k, ok := kb.Keys[r]
	if !ok {
		return input.InsertText(string(r)).Do(ctx)
	}
	var down input.Modifier
	for _, m := range held {
		down |= m
	}
	if k.Shift {
		down |= input.ModifierShift
	}
	event := input.DispatchKeyEventParams{Type: input.KeyRawDown, Modifiers: down, Key: k.Key, Code: k.Code,
		WindowsVirtualKeyCode: k.Windows, NativeVirtualKeyCode: k.Native}
	if k.Print && len(held) == 0 {
		event.Type, event.Text, event.UnmodifiedText = input.KeyDown, k.Text, k.Unmodified
	}
	if err := event.Do(ctx); err != nil {
		return err
	}
	event.Type, event.Text, event.UnmodifiedText = input.KeyUp, "", ""
	return event.Do(ctx)
}
