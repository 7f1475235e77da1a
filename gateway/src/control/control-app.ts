import fastifyHelmet from '@fastify/helmet';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { problem, problemMediaType } from '../doors/problem.ts';
import { consoleRoutes } from './console.ts';
import { healthRoutes } from './health.ts';
import type { Readiness } from './health.ts';

type Parts = { readonly version: string; readonly readiness: Readiness; readonly consoleFolder: string };
