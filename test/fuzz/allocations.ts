/** Watches what is asked of `Buffer` while something runs: memory must follow what has come, not what a header says. */
type Allocator = 'alloc' | 'allocUnsafe' | 'allocUnsafeSlow';

const ALLOCATORS: readonly Allocator[] = ['alloc', 'allocUnsafe', 'allocUnsafeSlow'];

/** Runs `act` and returns the largest number of bytes that were asked for at once. */
export function largestAllocation(act: () => void): number {
  let largest = 0;
  const originals = ALLOCATORS.map((name) => [name, Buffer[name]] as const);
  for (const [name, original] of originals) {
    Object.defineProperty(Buffer, name, {
      ...Object.getOwnPropertyDescriptor(Buffer, name),
      value: (size: number, ...more: never[]): Buffer => {
        largest = Math.max(largest, size);
        return (original as (size: number, ...more: never[]) => Buffer).call(Buffer, size, ...more);
      },
    });
  }
  try {
    act();
  } finally {
    for (const [name, value] of originals) {
      Object.defineProperty(Buffer, name, { ...Object.getOwnPropertyDescriptor(Buffer, name), value });
    }
  }
  return largest;
}
