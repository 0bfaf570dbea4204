/** A voice that records what it says, for a browser without one. A text: what is compiled needs more than the page has. */
export const FAKE_VOICES = `
  window.said = [];
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  Object.defineProperty(window, 'speechSynthesis', {
    value: {
      getVoices: () => [{ lang: 'de-DE' }, { lang: 'en-GB' }],
      cancel: () => undefined,
      speak: (utterance) => {
        if (utterance.text !== '') window.said.push(utterance.lang + ': ' + utterance.text);
        queueMicrotask(() => utterance.onend?.());
      },
    },
  });`;
