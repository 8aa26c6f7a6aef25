export * from './wire/index.ts'
export * from './core/index.ts'
