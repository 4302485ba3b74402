/**
 * Acts when the document stands, at once where it does. A page that is drawn anew while the server still
 * sends parts of it keeps each part that comes later as a hidden copy.
 * @returns forgets it
 */
export function whenLoaded(act: () => void): () => void {
  if (document.readyState === 'complete') {
    act();
    return () => {};
  }
  addEventListener('load', act, { once: true });
  return () => removeEventListener('load', act);
}
