import { useEffect, useReducer } from 'preact/hooks';

/**
 * Calls `painted` after each render whose picture is on a visible screen: the second frame begins when
 * the first one has been drawn. When a hidden page becomes visible, it renders again.
 */
export function usePainted(painted: () => void): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const onChange = () => again(undefined);
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        if (document.visibilityState === 'visible') painted();
      });
    });
    return () => cancelAnimationFrame(frame);
  });
}
